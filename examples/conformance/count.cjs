// Prints what one suite counted, and the names of what failed: count.cjs SUITE REPORT.json
const {existsSync, readFileSync} = require('node:fs');

const [, , suite, file] = process.argv;
if(!existsSync(file)) {
  console.log(`${suite}: it did not run`);
  process.exit(1);
}
const {stats, failures} = JSON.parse(readFileSync(file));
const counted = stats.passes + stats.failures;
console.log(`${suite}: ${stats.passes} of ${counted} passed, ${stats.failures} failed, ${stats.pending} skipped`);
for(const {fullTitle, err} of failures) {
  console.log(`  ${fullTitle}\n    ${(err.message ?? '').split('\n')[0].slice(0, 300)}`);
}
process.exit(stats.failures > 0 || counted === 0 ? 1 : 0);
