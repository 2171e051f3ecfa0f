// Makes a configuration for a running sandbox: node from-sandbox.mjs READY [BASE] > newleaf.yaml
// READY holds the line that `newleaf sandbox --json` prints; BASE is a configuration to add to.
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

const [readyFile, baseFile] = process.argv.slice(2);
if (readyFile === undefined) {
  process.stderr.write('usage: node from-sandbox.mjs READY [BASE] > newleaf.yaml\n');
  process.exit(2);
}

const ready = JSON.parse(readFileSync(readyFile, 'utf8'));
const base = baseFile === undefined ? {} : (parse(readFileSync(baseFile, 'utf8')) ?? {});
const { accessKeyId, accessKeySecret, endpoints, dial, rootCaFile } = ready;

const config = {
  ...base,
  accounts: [
    {
      name: 'sandbox',
      credentials: { accessKeyId, accessKeySecret },
      regions: Object.keys(endpoints.nlb),
    },
  ],
  cloud: { ...base.cloud, endpoints, dial },
  probe: { ...base.probe, roots: [rootCaFile] },
};

process.stdout.write(stringify(config));
