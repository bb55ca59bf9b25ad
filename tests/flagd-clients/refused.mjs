// A key that is not known: the provider fails, and evaluation gives the defaults in the code.
import assert from 'node:assert/strict';
import { OpenFeature } from '@openfeature/server-sdk';
import { provider } from './expect.mjs';

const refusal = await OpenFeature.setProviderAndWait(provider('rtk_0123456789abcdef_wrong')).then(() => null, (error) => error);
assert.ok(refusal, 'the provider must not become ready');
assert.equal(await OpenFeature.getClient().getBooleanValue('smart-replies', true, { targetingKey: 'ada', track: 'ai' }), true);
console.log(JSON.stringify({ message: String(refusal.message ?? refusal) }));
process.exit(0);
