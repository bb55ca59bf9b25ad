// Closes the account menu as people expect: by a click elsewhere, or by Escape.
(() => {
  const close = except => document.querySelectorAll('details.account[open]').forEach(menu => {
    if (!except || !menu.contains(except)) menu.open = false;
  });
  document.addEventListener('click', event => close(event.target));
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    document.querySelector('details.account[open] summary')?.focus();
    close();
  });
  // A page is drawn once as a document and once more when it is connected: what was opened in between stays open.
  const nameOf = part => {
    const summary = part.querySelector('summary');
    return `${part.className} ${summary?.getAttribute('aria-label') ?? summary?.textContent.trim()}`;
  };
  const partsIn = node => node.nodeType !== Node.ELEMENT_NODE ? [] : [...(node.matches('details') ? [node] : []), ...node.querySelectorAll('details')];
  new MutationObserver(changes => {
    const gone = changes.flatMap(change => [...change.removedNodes]).flatMap(partsIn).filter(part => part.open && !part.isConnected);
    if (gone.length === 0) return;
    const names = new Set(gone.map(nameOf));
    document.querySelectorAll('details:not([open])').forEach(part => { if (names.has(nameOf(part))) part.open = true; });
  }).observe(document, { childList: true, subtree: true });
})();
