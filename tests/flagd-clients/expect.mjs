import { setTimeout as pause } from 'node:timers/promises';
import assert from 'node:assert/strict';
import { FlagdProvider } from '@openfeature/flagd-provider';

export const [baseUrl, key, port] = process.argv.slice(2);

export const provider = (selector) =>
  new FlagdProvider({
    resolverType: 'in-process', host: '127.0.0.1', port: Number(port), selector,
    retryBackoffMs: 100, retryBackoffMaxMs: 500, deadlineMs: 5000,
    fatalStatusCodes: ['UNAUTHENTICATED', 'PERMISSION_DENIED'],
  });

/** Waits for a condition with a bound. */
export async function eventually(what, condition, milliseconds = 60000) {
  const deadline = performance.now() + milliseconds;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, `not within ${milliseconds} ms: ${what}`);
    await pause(20);
  }
}

export async function admin(method, path, body) {
  const response = await fetch(baseUrl + path, {
    method,
    headers: { Authorization: `Bearer ${process.env.ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.text()}`);
}
