// The OpenFeature server SDK with flagd's in-process provider: definitions come by gRPC, evaluation is local.
import assert from 'node:assert/strict';
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { admin, baseUrl, eventually, key, provider } from './expect.mjs';

await OpenFeature.setProviderAndWait(provider(key));
const client = OpenFeature.getClient();
const on = (track, targetingKey = 'ada') => ({ targetingKey, track });

const boolean = await client.getBooleanDetails('smart-replies', false, on('ai'));
assert.equal(boolean.value, true);
assert.equal(boolean.variant, 'on');
assert.equal(boolean.flagMetadata.ai, true);
assert.equal(boolean.flagMetadata.disclosureVersion, 3);
for (const track of ['stable', 'innovative', 'beta', undefined])
  assert.equal((await client.getBooleanDetails('smart-replies', true, on(track))).value, false, `smart-replies on ${track}`);

assert.equal((await client.getStringDetails('theme', 'x', on('ai'))).value, 'blue ☀');
assert.equal((await client.getNumberDetails('page-size', 1, on('ai'))).value, 50.5, 'ai inherits from innovative');
assert.equal((await client.getNumberDetails('page-size', 1, on('stable'))).value, 10);

const users = 4000;
let rich = 0;
for (let i = 0; i < users; i++) rich += (await client.getObjectDetails('layout', {}, on('stable', `user-${i}`))).variant === 'rich';
assert.ok(Math.abs(rich / users - 0.5) < 0.04, `a split of 50 gave ${rich} of ${users}`);
const anonymous = await client.getObjectDetails('layout', {}, { track: 'stable' });
assert.equal(anonymous.variant, 'plain', 'without a targeting key the fallback');

const killed = await client.getStringDetails('dead', 'in the code', on('stable'));
assert.equal(killed.value, 'in the code');
assert.equal(killed.reason, 'DISABLED');

// A user is where the server says: the same answer as over OFREP, wherever no bucket decides.
for (const [user, track] of [['ada', 'ai'], ['ines', 'innovative'], ['sam', 'stable']])
  for (const flag of ['smart-replies', 'theme', 'page-size']) {
    const response = await fetch(`${baseUrl}/ofrep/v1/evaluate/flags/${flag}`, {
      method: 'POST', headers: { 'X-API-Key': key }, body: JSON.stringify({ context: { targetingKey: user } }),
    });
    const ofrep = await response.json();
    const local = await client.getObjectDetails(flag, null, on(track, user)).catch(() => null);
    const typed = typeof ofrep.value === 'boolean' ? await client.getBooleanDetails(flag, null, on(track, user))
      : typeof ofrep.value === 'number' ? await client.getNumberDetails(flag, null, on(track, user))
      : typeof ofrep.value === 'string' ? await client.getStringDetails(flag, null, on(track, user)) : local;
    assert.equal(typed.variant, ofrep.variant, `${flag} for ${user}`);
  }

let changes = 0;
client.addHandler(ProviderEvents.ConfigurationChanged, () => changes++);
const started = performance.now();
await admin('POST', '/api/v1/features/smart-replies/rollback', { track: 'ai', reason: 'test' });
await eventually('the rollback is served', async () => (await client.getBooleanValue('smart-replies', true, on('ai'))) === false);
const rollbackMilliseconds = performance.now() - started;
await eventually('the change was announced', () => changes > 0);

await OpenFeature.close();
console.log(JSON.stringify({ rollbackMilliseconds, rich, killed }));
process.exit(0);
