// Runs before the first paint, so that the page never shows in the wrong theme.
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = () => { try { return localStorage.getItem('rt.theme'); } catch { return null; } };
  const apply = () => { root.dataset.theme = chosen() ?? (system.matches ? 'dark' : 'light'); };
  apply();
  system.addEventListener('change', apply);
  addEventListener('storage', apply);
  document.addEventListener('click', event => {
    if (!event.target.closest('[data-theme-toggle]')) return;
    const next = root.dataset.theme === 'dark' ? 'light' : 'dark';
    try { localStorage.setItem('rt.theme', next); } catch { /* Private window: it holds until the next page. */ }
    root.dataset.theme = next;
  });
})();
