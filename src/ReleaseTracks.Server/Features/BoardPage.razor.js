// Firefox starts no drag that carries nothing.
export const attach = board => board.addEventListener('dragstart', event => {
  event.dataTransfer?.setData('text/plain', event.target.querySelector?.('h3')?.innerText ?? '');
  if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
});
