import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks the sidecar for a verdict, with the standard library alone; a shop has its own JSON library.
 *
 * <pre>
 * java Verify.java URL verdict ANSWER REQUEST
 * java Verify.java URL credential FILE
 * java Verify.java URL presentation FILE [CHALLENGE [DOMAIN]]
 * </pre>
 */
public final class Verify {
    private record Answer(int status, Map<?, ?> said) {}

    public static void main(String[] words) throws InterruptedException {
        int code;
        try {
            code = run(words);
        } catch (IOException | IllegalArgumentException error) {
            System.err.println(error);
            code = 1;
        }
        System.exit(code);
    }

    private static int run(String[] words) throws IOException, InterruptedException {
        String what = words.length < 3 ? "" : words[1];
        if (what.equals("verdict") && words.length == 4) {
            return verdict(words[0], words[2], words[3]);
        }
        if (what.equals("credential") && words.length == 3) {
            return authentic(words[0], "verifiableCredential", "credentials", words[2], "{}");
        }
        if (what.equals("presentation") && words.length <= 5) {
            List<String> options = new ArrayList<>();
            if (words.length > 3) options.add("\"challenge\":" + quote(words[3]));
            if (words.length > 4) options.add("\"domain\":" + quote(words[4]));
            String object = "{" + String.join(",", options) + "}";
            return authentic(words[0], "verifiablePresentation", "presentations", words[2], object);
        }
        System.err.println(
                "Verify URL verdict ANSWER REQUEST | credential FILE | presentation FILE [CHALLENGE [DOMAIN]]");
        return 2;
    }

    private static int verdict(String url, String answer, String request)
            throws IOException, InterruptedException {
        // As texts, whatever is in them: what a member sends must not become members of the question.
        String body = "{\"presentation\":" + quote(text(answer)) + ",\"request\":" + quote(text(request)) + "}";
        Answer got = post(url + "/verdict", body);
        if (got.status != 200) return failed(got.said);
        System.out.println(got.said.get("verdict"));
        List<Map<?, ?>> all = new ArrayList<>(checks(got.said.get("presentation")));
        all.forEach(Verify::show);
        for (Object credential : (List<?>) got.said.get("credentials")) {
            System.out.println(((Map<?, ?>) credential).get("type"));
            List<Map<?, ?>> checks = checks(credential);
            checks.forEach(Verify::show);
            all.addAll(checks);
        }
        return exitCode((String) got.said.get("verdict"), all);
    }

    /** 10 when anything but status or term failed, else 11, else 12, else 0. */
    private static int exitCode(String verdict, List<Map<?, ?>> checks) {
        if (verdict.equals("valid")) return 0;
        if (verdict.equals("indeterminate")) return 12;
        List<?> failed = checks.stream().filter(c -> "fail".equals(c.get("result"))).map(c -> c.get("check")).toList();
        return !failed.isEmpty() && List.of("status", "term").containsAll(failed) ? 11 : 10;
    }

    private static int authentic(String url, String member, String path, String file, String options)
            throws IOException, InterruptedException {
        String body = "{\"" + member + "\":" + read(file) + ",\"options\":" + options + "}";
        Answer got = post(url + "/" + path + "/verify", body);
        if (!got.said.containsKey("verified")) return failed(got.said);
        boolean yes = got.status == 200 && Boolean.TRUE.equals(got.said.get("verified"));
        System.out.println(yes ? "authentic" : "not authentic");
        for (Object problem : (List<?>) got.said.get("problemDetails")) {
            Map<?, ?> one = (Map<?, ?>) problem;
            System.out.println("  " + one.get("title") + ": " + one.get("detail") + " (" + one.get("code") + ")");
        }
        return yes ? 0 : 10;
    }

    private static List<Map<?, ?>> checks(Object of) {
        List<Map<?, ?>> checks = new ArrayList<>();
        for (Object check : (List<?>) ((Map<?, ?>) of).get("checks")) checks.add((Map<?, ?>) check);
        return checks;
    }

    private static void show(Map<?, ?> check) {
        String line = "  " + check.get("check") + ": " + check.get("result");
        if (check.containsKey("detail")) line += ": " + check.get("detail");
        if (check.containsKey("code")) line += " (" + check.get("code") + ")";
        System.out.println(line);
    }

    private static int failed(Map<?, ?> said) {
        System.err.println(said.get("detail") + " (" + said.get("code") + ")");
        return 1;
    }

    private static Answer post(String url, String body) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url))
                        .timeout(Duration.ofSeconds(60))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(answer.statusCode(), (Map<?, ?>) new Json(answer.body()).value());
    }

    private static String text(String path) throws IOException {
        return Files.readString(Path.of(path)).strip();
    }

    /** A compact token as a text, an object as it stands, provided that it is one object and nothing more. */
    private static String read(String path) throws IOException {
        String text = text(path);
        if (!text.startsWith("{")) return quote(text);
        Json json = new Json(text);
        json.value();
        if (!json.isAtEnd()) throw new IllegalArgumentException(path + " is not one object");
        return text;
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c < 0x20 || c == '"' || c == '\\') quoted.append(String.format("\\u%04x", (int) c));
            else quoted.append(c);
        }
        return quoted.append('"').toString();
    }

    /** Reads the sidecar's JSON, which is well formed; what is not may be read as anything. */
    private static final class Json {
        private final String text;
        private int at;

        Json(String text) {
            this.text = text;
        }

        Object value() {
            char c = next();
            if (c == '{') return object();
            if (c == '[') return array();
            if (c == '"') return string();
            int from = at - 1;
            while (at < text.length() && ",]} \n".indexOf(text.charAt(at)) < 0) at++;
            String word = text.substring(from, at);
            return switch (word) {
                case "true" -> Boolean.TRUE;
                case "false" -> Boolean.FALSE;
                case "null" -> null;
                default -> Double.valueOf(word);
            };
        }

        boolean isAtEnd() {
            return at == text.length();
        }

        private char next() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
            if (at == text.length()) throw new IllegalArgumentException("the answer is no JSON");
            return text.charAt(at++);
        }

        private Map<String, Object> object() {
            Map<String, Object> object = new LinkedHashMap<>();
            for (char c = next(); c != '}'; c = next()) {
                if (c == ',') continue;
                String name = string();
                next();
                object.put(name, value());
            }
            return object;
        }

        private List<Object> array() {
            List<Object> array = new ArrayList<>();
            for (char c = next(); c != ']'; c = next()) {
                if (c == ',') continue;
                at--;
                array.add(value());
            }
            return array;
        }

        private String string() {
            StringBuilder string = new StringBuilder();
            for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
                if (c != '\\') {
                    string.append(c);
                    continue;
                }
                char escaped = text.charAt(at++);
                switch (escaped) {
                    case 'b' -> string.append('\b');
                    case 'f' -> string.append('\f');
                    case 'n' -> string.append('\n');
                    case 'r' -> string.append('\r');
                    case 't' -> string.append('\t');
                    case 'u' -> {
                        string.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                        at += 4;
                    }
                    default -> string.append(escaped);
                }
            }
            return string.toString();
        }
    }
}
