// Runs before the first paint, so that the page never shows in the wrong theme, and the next one in the wrong time zone.
(() => {
  window.releaseTracksZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';
  document.cookie = `rt.zone=${encodeURIComponent(window.releaseTracksZone())}; path=/; max-age=31536000; samesite=lax`;

  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  // A wall is read from across the room, in the dark of an operations centre; it chooses nothing for other pages.
  const isWall = new URLSearchParams(location.search).get('wall') === '1';
  const chosen = () => { if (isWall) return 'dark'; try { return localStorage.getItem('rt.theme'); } catch { return null; } };
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
