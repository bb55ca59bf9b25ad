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
})();
