import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

export const [baseUrl, key] = process.argv.slice(2);
export const headers = [['X-API-Key', key]];

/** Waits for a condition with a bound; the product's own clients offer no promise for it. */
export async function eventually(what, condition, milliseconds = 15000) {
  const deadline = performance.now() + milliseconds;
  while (!condition()) {
    assert.ok(performance.now() < deadline, `not within ${milliseconds} ms: ${what}`);
    await pause(20);
  }
}

export async function admin(method, path, body) {
  const response = await fetch(baseUrl + path, {
    method,
    headers: { Authorization: `Bearer ${process.env.ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.text()}`);
}
