// Others' implementations as one process: a JSON request a line in, a JSON answer a line out.
//
// {"op": "di.verify", ...arguments} is answered by {"ok": true, "value": ...} or {"ok": false, "error": "..."}.
import {createInterface} from 'node:readline';
import * as dataIntegrity from './data-integrity.mjs';
import * as jose from './jose.mjs';
import * as sdJwtVc from './sd-jwt-vc.mjs';
import * as status from './status.mjs';
import * as webvh from './webvh.mjs';

const operations = {
  ...dataIntegrity.operations, ...jose.operations, ...sdJwtVc.operations, ...status.operations,
  ...webvh.operations
};

for await (const line of createInterface({input: process.stdin, crlfDelay: Infinity})) {
  const {op, ...args} = JSON.parse(line);
  let answer;
  try {
    if(!(op in operations)) {
      throw new Error(`no operation ${op}`);
    }
    answer = {ok: true, value: await operations[op](args) ?? null};
  } catch(error) {
    answer = {ok: false, error: describe(error)};
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}

/** Says why, with the causes that a library hides inside. */
function describe(error) {
  const inner = [error.cause, ...(error.errors ?? [])].filter(Boolean).map(describe);
  return [error.message, error.details && JSON.stringify(error.details), ...inner].filter(Boolean).join(' < ');
}
