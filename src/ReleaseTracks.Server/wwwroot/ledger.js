// Checks the ledger here, in the reader's browser, so that nobody has to take the server's word for it: the signature on
// the checkpoint, that each entry shown is in it, and that it extends what this browser saw the last time.
const remembered = 'rt.checkpoint';
const hashSize = 32;

export async function verify(vkeys, shown) {
  if (!globalThis.crypto?.subtle)
    return [{ name: 'This browser', ok: null, detail: 'Hashes can be computed over HTTPS or on localhost only. Use "ledger verify" on the server instead.' }];
  const steps = [];
  const step = (name, ok, detail) => steps.push({ name, ok, detail });
  try {
    const note = await text('/api/v1/ledger/checkpoint');
    const checkpoint = parse(note);
    step('Checkpoint', true, `${checkpoint.size} entries of ${checkpoint.origin}, root ${checkpoint.root}`);
    await checkSignature(note, checkpoint, vkeys, step);
    await checkExtends(checkpoint, step);
    await checkEntries(checkpoint, shown, step);
    if (steps.every(one => one.ok !== false))
      localStorage.setItem(remembered, JSON.stringify(checkpoint));
  } catch (failed) {
    step('Reading the proofs', false, String(failed.message ?? failed));
  }
  return steps;
}

function parse(note) {
  const [origin, size, root] = note.split('\n');
  if (!/^[1-9]\d*$/.test(size ?? '') || bytes(root).length !== hashSize)
    throw new Error('The checkpoint is malformed.');
  return { origin, size: Number(size), root };
}

async function checkSignature(note, checkpoint, vkeys, step) {
  const name = 'Signature';
  const vkey = vkeys.map(key => key.split('+')).find(parts => parts[0] === checkpoint.origin);
  const line = note.split('\n').find(one => one.startsWith(`— ${checkpoint.origin} `));
  if (!vkey || !line)
    return step(name, false, 'The checkpoint is not signed by a key that this ledger trusts.');
  try {
    const key = await crypto.subtle.importKey('raw', bytes(vkey.slice(2).join('+')).slice(1), 'Ed25519', false, ['verify']);
    const message = new TextEncoder().encode(note.slice(0, note.lastIndexOf('\n\n') + 1));
    const good = await crypto.subtle.verify('Ed25519', key, bytes(line.split(' ')[2]).slice(4), message);
    step(name, good, good ? `Ed25519, by ${checkpoint.origin}` : 'The signature is not of this checkpoint.');
  } catch (failed) {
    if (failed.name !== 'NotSupportedError') throw failed;
    step(name, null, 'This browser does not know Ed25519.');
  }
}

async function checkExtends(checkpoint, step) {
  const name = 'Nothing rewritten';
  const before = JSON.parse(localStorage.getItem(remembered) ?? 'null');
  if (!before)
    return step(name, true, 'First look: this browser remembers the root, and compares from the next time on.');
  if (before.origin !== checkpoint.origin)
    return step(name, false, `This browser knows ledger ${before.origin} at this address, and this is ${checkpoint.origin}.`);
  if (before.size > checkpoint.size)
    return step(name, false, `This browser has seen ${before.size} entries, and now there are only ${checkpoint.size}.`);
  const proof = await json(`/api/v1/ledger/consistency?from=${before.size}&to=${checkpoint.size}`);
  const good = await isConsistent(before.size, checkpoint.size, bytes(before.root), bytes(checkpoint.root), proof.hashes.map(bytes));
  step(name, good, good
    ? `The ${before.size} entries this browser has seen are all still there, unchanged.`
    : `The first ${before.size} entries are not those that this browser has seen.`);
}

async function checkEntries(checkpoint, shown, step) {
  const bad = [];
  for (const { seq, id } of shown) {
    const line = (await text(`/api/v1/ledger?from=${seq}&limit=1`)).replace(/\n$/, '');
    const proof = await json(`/api/v1/ledger/${seq}/proof?size=${checkpoint.size}`);
    const leaf = await sha256([0], new TextEncoder().encode(line));
    if (JSON.parse(line).id !== id || !await isIncluded(seq - 1, checkpoint.size, leaf, proof.hashes.map(bytes), bytes(checkpoint.root)))
      bad.push(seq);
  }
  step('Entries on this page', bad.length === 0, bad.length === 0
    ? `All ${shown.length} are in the tree under that root.`
    : `Not in the tree under that root: ${bad.join(', ')}.`);
}

// RFC 9162, 2.1.3.2
async function isIncluded(index, size, leaf, proof, root) {
  if (index < 0 || index >= size) return false;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0 || sibling.length !== hashSize) return false;
    hash = node % 2 === 1 || node === last ? await sha256([1], sibling, hash) : await sha256([1], hash, sibling);
    [node, last] = up(node, last);
  }
  return last === 0 && same(hash, root);
}

// RFC 9162, 2.1.4.2
async function isConsistent(oldSize, newSize, oldRoot, newRoot, proof) {
  if (oldSize === newSize) return proof.length === 0 && same(oldRoot, newRoot);
  let [node, last] = [oldSize - 1, newSize - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  const hashes = node === 0 ? [oldRoot, ...proof] : [...proof];
  if (hashes.length === 0) return false;
  let oldHash = hashes.shift();
  let newHash = oldHash;
  for (const hash of hashes) {
    if (last === 0 || hash.length !== hashSize) return false;
    if (node % 2 === 1 || node === last) {
      oldHash = await sha256([1], hash, oldHash);
      newHash = await sha256([1], hash, newHash);
    } else {
      newHash = await sha256([1], newHash, hash);
    }
    [node, last] = up(node, last);
  }
  return last === 0 && same(oldHash, oldRoot) && same(newHash, newRoot);
}

function up(node, last) {
  if (node === last)
    while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
  return [Math.floor(node / 2), Math.floor(last / 2)];
}

async function sha256(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', all));
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0));
}

function same(a, b) {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

async function text(path) {
  const answer = await fetch(path, { cache: 'no-store' });
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}.`);
  return answer.text();
}

async function json(path) {
  return JSON.parse(await text(path));
}
