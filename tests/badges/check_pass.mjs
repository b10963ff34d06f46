// check_pass.mjs BADGES: @auth0/cose and @digitalbazaar/base45 verify the program's passes. A process
// of its own, for the COSE library changes the CBOR library that it shares with others.
import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sign1 } from '@auth0/cose';
import { decode as base45Decode } from '@digitalbazaar/base45';
import { Decoder } from 'cbor-x';

const badges = process.argv[2];
const externalAAD = Buffer.from('accr/pass/1');
const claims = [
  { conference: 0, nbf: 1600000000, exp: 4294967295 },
  { conference: 7, nbf: 1789200000, exp: 1789286400, class: 3, name: 'Zoë Example' },
  { conference: 4294967295, nbf: 1789200000, exp: 1789286400, class: 23, flags: 65535,
    name: 'N'.repeat(40), outlet: 'O'.repeat(24) },
];
let count = 0;
let failed = 0;

function ok(good, name) {
  count += 1;
  failed += good ? 0 : 1;
  console.log(`${good ? 'ok' : 'not ok'} ${count} - ${name}`);
}

async function verifies(sign1, key, aad = externalAAD) {
  try {
    await sign1.verify(key, { externalAAD: aad });
    return true;
  } catch (error) {
    return error.code === 'ERR_COSE_SIGNATURE_VERIFICATION_FAILED' ? false : Promise.reject(error);
  }
}

async function check(text, wanted, key, kid) {
  const name = `conference ${wanted.conference}`;
  const sign1 = Sign1.decode(base45Decode(text.slice('ACR1:'.length)));
  const said = new Decoder({ mapsAsObjects: false }).decode(sign1.payload);
  const inner = said.get(-65537);
  ok(text.startsWith('ACR1:'), `${name}: prefix`);
  ok(await verifies(sign1, key), `${name}: the signature holds`);
  ok(Buffer.from(sign1.kid).equals(kid), `${name}: kid`);
  ok(said.get(4) === wanted.exp && said.get(5) === wanted.nbf && said.get(7).length === 16,
    `${name}: exp, nbf, pass id`);
  ok(inner.get(1) === wanted.conference && inner.get(2) === (wanted.class ?? 0) &&
    inner.get(3) === wanted.name && inner.get(4) === wanted.outlet &&
    inner.get(5) === wanted.flags, `${name}: the private claim`);
  ok(!await verifies(sign1, key, Buffer.from('accr/pass/2')), `${name}: control: another aad`);
  const changed = base45Decode(text.slice('ACR1:'.length));
  changed[30] ^= 1;
  ok(!await verifies(Sign1.decode(changed), key), `${name}: control: a changed byte`);
}

const folder = mkdtempSync(join(tmpdir(), 'pressgate-badges-'));
try {
  const secret = join(folder, 'key');
  const told = execFileSync(badges, ['keygen', '--secret', secret], { encoding: 'utf8' });
  const raw = Buffer.from(told.match(/^public ([0-9a-f]{64})$/m)[1], 'hex');
  const kid = createHash('sha256').update(raw).digest().subarray(0, 8);
  const key = createPublicKey(
    { key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  const input = claims.map((line) => `${JSON.stringify(line)}\n`).join('');
  const texts = execFileSync(badges, ['sign', '--secret', secret], { input, encoding: 'utf8' })
    .trimEnd().split('\n');
  ok(texts.length === claims.length, 'a pass for each line of claims');
  for (const [at, text] of texts.entries()) {
    await check(text, claims[at], key, kid);
  }
} catch (error) {
  ok(false, `the script ran to its end: ${error.stack.replaceAll('\n', ' ')}`);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`1..${count}`);
process.exit(failed === 0 ? 0 : 1);
