"""Asks the sidecar for a verdict, with the standard library alone.

verify.py URL verdict ANSWER REQUEST
verify.py URL credential FILE
verify.py URL presentation FILE [CHALLENGE [DOMAIN]]
"""

import http.client
import json
import sys
import urllib.error
import urllib.request


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


def read(path):
    text = text_of(path)
    # An object is sent as one, a compact token as a text.
    return json.loads(text) if text.startswith("{") else text


# What members show goes to the sidecar itself, whatever proxy the surroundings name.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def post(url, body):
    data = json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with DIRECT.open(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def exit_code(verdict):
    """10 when anything but status or term failed, else 11, else 12, else 0."""
    checks = [*verdict["presentation"]["checks"]]
    for credential in verdict["credentials"]:
        checks += credential["checks"]
    failed = [check["check"] for check in checks if check["result"] == "fail"]
    if verdict["verdict"] == "valid":
        return 0
    if verdict["verdict"] == "indeterminate":
        return 12
    return 11 if failed and all(check in ("status", "term") for check in failed) else 10


def show(check):
    line = f"  {check['check']}: {check['result']}"
    if "detail" in check:
        line += f": {check['detail']}"
    if "code" in check:
        line += f" ({check['code']})"
    print(line)


def verdict(url, answer, request):
    # As texts, whatever is in them: reading them here could mend what the sidecar has to refuse.
    body = {"presentation": text_of(answer), "request": text_of(request)}
    status, said = post(f"{url}/verdict", body)
    if status != 200:
        return failed(said)
    print(said["verdict"])
    for check in said["presentation"]["checks"]:
        show(check)
    for credential in said["credentials"]:
        print(credential["type"])
        for check in credential["checks"]:
            show(check)
    return exit_code(said)


def authentic(url, member, path, document, options):
    status, said = post(f"{url}/{path}/verify", {member: read(document), "options": options})
    if "verified" not in said:
        return failed(said)
    print("authentic" if status == 200 and said["verified"] else "not authentic")
    for problem in said["problemDetails"]:
        print(f"  {problem['title']}: {problem['detail']} ({problem['code']})")
    return 0 if status == 200 and said["verified"] else 10


def failed(said):
    print(f"{said.get('detail')} ({said.get('code')})", file=sys.stderr)
    return 1


def main(words):
    if len(words) == 4 and words[1] == "verdict":
        return verdict(words[0], words[2], words[3])
    if len(words) == 3 and words[1] == "credential":
        return authentic(words[0], "verifiableCredential", "credentials", words[2], {})
    if 3 <= len(words) <= 5 and words[1] == "presentation":
        options = dict(zip(("challenge", "domain"), words[3:]))
        return authentic(words[0], "verifiablePresentation", "presentations", words[2], options)
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
