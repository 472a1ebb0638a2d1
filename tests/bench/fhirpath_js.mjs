// The time that fhirpath.js (npm `fhirpath`, R4 model) needs to parse each line of a file and to evaluate the
// expressions of the shipped views of its type: node fhirpath_js.mjs VIEWS_DIR FILE [LINES]. Compiled once, as its
// documentation advises. NODE_PATH, or the working directory, must have the package.
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'x.js'));
const fhirpath = require('fhirpath');
const model = require('fhirpath/fhir-context/r4');
const [views, file, count] = process.argv.slice(2);

// Iterations are evaluated first, their columns on what they give: as the view's runner does.
function readSelect(select) {
  const path = select.forEach ?? select.forEachOrNull;
  return {
    each: path === undefined ? undefined : fhirpath.compile(path, model),
    columns: (select.column ?? []).map(column => fhirpath.compile(column.path, model)),
    nested: [...(select.select ?? []), ...(select.unionAll ?? [])].map(readSelect),
  };
}
function run(select, focus) {
  const foci = select.each ? select.each(focus) : [focus];
  for (const item of foci) {
    for (const column of select.columns) values += column(item).length;
    for (const nested of select.nested) run(nested, item);
  }
}

let values = 0;
const byType = new Map();
for (const name of readdirSync(views).filter(one => one.endsWith('.json'))) {
  const view = JSON.parse(readFileSync(join(views, name), 'utf8'));
  byType.set(view.resource, (byType.get(view.resource) ?? []).concat(view.select.map(readSelect)));
}
const lines = readFileSync(file, 'utf8').split('\n').filter(line => line !== '').slice(0, count ? Number(count) : undefined);
const begin = process.cpuUsage();
for (const line of lines) {
  const resource = JSON.parse(line);
  for (const select of byType.get(resource.resourceType) ?? []) run(select, resource);
}
const used = process.cpuUsage(begin);
console.log(`${((used.user + used.system) / 1000).toFixed(1)} ms ${lines.length} lines ${values} values`);
