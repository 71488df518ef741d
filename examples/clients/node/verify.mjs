// Asks the sidecar for a verdict, with Node alone.
//
// verify.mjs URL verdict ANSWER REQUEST
// verify.mjs URL credential FILE
// verify.mjs URL presentation FILE [CHALLENGE [DOMAIN]]

import {readFileSync} from 'node:fs';

const textOf = path => readFileSync(path, 'utf8').trim();

const read = path => {
  const text = textOf(path);
  // An object is sent as one, a compact token as a text.
  return text.startsWith('{') ? JSON.parse(text) : text;
};

const post = async (url, body) => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  return {status: answer.status, said: await answer.json()};
};

// 10 when anything but status or term failed, else 11, else 12, else 0.
const exitCode = ({verdict, presentation, credentials}) => {
  if(verdict === 'valid') {
    return 0;
  }
  if(verdict === 'indeterminate') {
    return 12;
  }
  const checks = [presentation, ...credentials].flatMap(one => one.checks);
  const failures = checks.filter(({result}) => result === 'fail');
  const ended = failures.length > 0 && failures.every(({check}) => ['status', 'term'].includes(check));
  return ended ? 11 : 10;
};

const show = ({check, result, detail, code}) => {
  const why = detail === undefined ? '' : `: ${detail}`;
  console.log(`  ${check}: ${result}${why}${code === undefined ? '' : ` (${code})`}`);
};

const failed = ({detail, code}) => {
  console.error(`${detail} (${code})`);
  return 1;
};

const verdict = async (url, answer, request) => {
  // As texts, whatever is in them: reading them here could mend what the sidecar has to refuse.
  const body = {presentation: textOf(answer), request: textOf(request)};
  const {status, said} = await post(`${url}/verdict`, body);
  if(status !== 200) {
    return failed(said);
  }
  console.log(said.verdict);
  said.presentation.checks.forEach(show);
  for(const {type, checks} of said.credentials) {
    console.log(type);
    checks.forEach(show);
  }
  return exitCode(said);
};

const authentic = async (url, member, path, file, options) => {
  const {status, said} = await post(`${url}/${path}/verify`, {[member]: read(file), options});
  if(said.verified === undefined) {
    return failed(said);
  }
  const yes = status === 200 && said.verified;
  console.log(yes ? 'authentic' : 'not authentic');
  for(const {title, detail, code} of said.problemDetails) {
    console.log(`  ${title}: ${detail} (${code})`);
  }
  return yes ? 0 : 10;
};

const main = async ([url, what, ...rest]) => {
  if(what === 'verdict' && rest.length === 2) {
    return verdict(url, ...rest);
  }
  if(what === 'credential' && rest.length === 1) {
    return authentic(url, 'verifiableCredential', 'credentials', rest[0], {});
  }
  if(what === 'presentation' && rest.length >= 1 && rest.length <= 3) {
    const [file, challenge, domain] = rest;
    return authentic(url, 'verifiablePresentation', 'presentations', file, {challenge, domain});
  }
  console.error('verify.mjs URL verdict ANSWER REQUEST | credential FILE | presentation FILE [CHALLENGE [DOMAIN]]');
  return 2;
};

process.exitCode = await main(process.argv.slice(2)).catch(error => {
  console.error(error.cause?.message ?? error.message);
  return 1;
});
