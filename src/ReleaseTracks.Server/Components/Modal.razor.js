// The browser's own dialog: it keeps the focus inside, closes on Escape and gives the focus back.
// It may be gone by the time this runs: whoever left the page took it away.
export const open = dialog => { if (dialog && !dialog.open) dialog.showModal(); };
export const close = dialog => dialog?.close();
