// Firefox starts no drag that carries nothing. A page that was left before its script came has no board.
export const attach = board => board?.addEventListener('dragstart', event => {
  event.dataTransfer?.setData('text/plain', event.target.querySelector?.('h3')?.innerText ?? '');
  if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
});
