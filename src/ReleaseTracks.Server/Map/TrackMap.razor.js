// Moving about in the map: what has to answer at once, without asking the server.
const most = 8;

export function attach(root) {
  if (!root) return; // the page was left before its script came
  const svg = root.querySelector('svg');
  const view = svg.querySelector('.view');
  const pointers = new Map();
  let scale = 1, x = 0, y = 0, moved = 0;

  const size = () => ({ width: Number(svg.dataset.width), height: Number(svg.dataset.height) });
  const unit = () => svg.getScreenCTM().a;
  const place = event => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return { x: at.x, y: at.y };
  };
  const apply = () => {
    const { width, height } = size();
    x = Math.min(width * 0.5, Math.max(width * 0.5 - width * scale, x));
    y = Math.min(height * 0.5, Math.max(height * 0.5 - height * scale, y));
    view.setAttribute('transform', `translate(${x} ${y}) scale(${scale})`);
    svg.classList.toggle('zoomed', scale > 1.01);
  };
  const zoom = (factor, around) => {
    const next = Math.min(most, Math.max(1, scale * factor));
    const { width, height } = size();
    const at = around ?? { x: width / 2, y: height / 2 };
    x = at.x - (at.x - x) * next / scale;
    y = at.y - (at.y - y) * next / scale;
    scale = next;
    if (scale === 1) x = y = 0;
    apply();
  };
  const fit = () => {
    // On a narrow screen the whole would be too small to read: begin with the features themselves.
    const { width, height } = size();
    scale = Math.max(1, 0.8 / unit());
    if (scale < 1.6) scale = 1;
    else svg.style.height = `${Math.min(innerHeight * 0.65, height * unit() * scale)}px`;
    x = width - width * scale;
    y = 0;
    apply();
  };

  const show = node => {
    const box = node.getBoundingClientRect(), frame = svg.getBoundingClientRect();
    if (box.left < frame.left) x += (frame.left - box.left + 20) / unit();
    if (box.right > frame.right) x -= (box.right - frame.right + 20) / unit();
    if (box.top < frame.top) y += (frame.top - box.top + 20) / unit();
    if (box.bottom > frame.bottom) y -= (box.bottom - frame.bottom + 20) / unit();
    apply();
  };
  const step = (node, key) => {
    const nodes = [...svg.querySelectorAll('.node')].map(one => ({ one, at: one.getBoundingClientRect() }));
    const from = node.getBoundingClientRect();
    const ahead = {
      ArrowDown: box => box.top - from.top, ArrowUp: box => from.top - box.top,
      ArrowRight: box => box.left - from.left, ArrowLeft: box => from.left - box.left,
    }[key];
    const across = key === 'ArrowUp' || key === 'ArrowDown' ? box => Math.abs(box.left - from.left) : box => Math.abs(box.top - from.top);
    const next = nodes.filter(({ at }) => ahead(at) > 1).sort((a, b) => ahead(a.at) + 2 * across(a.at) - ahead(b.at) - 2 * across(b.at))[0];
    if (!next) return;
    next.one.focus();
    show(next.one);
  };

  svg.addEventListener('pointerdown', event => {
    pointers.set(event.pointerId, place(event));
    moved = 0;
  });
  svg.addEventListener('pointermove', event => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
      const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
      zoom(apart(now, other) / Math.max(1, apart(before, other)), other);
    } else {
      x += now.x - before.x;
      y += now.y - before.y;
      apply();
    }
    moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    if (moved > 4 && !svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, now);
  });
  for (const end of ['pointerup', 'pointercancel'])
    svg.addEventListener(end, event => pointers.delete(event.pointerId));
  // A drag that ends on a feature is not a choice of it.
  svg.addEventListener('click', event => { if (moved > 4) event.stopPropagation(); }, true);
  svg.addEventListener('wheel', event => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 300), place(event));
  }, { passive: false });

  root.addEventListener('click', event => {
    const kind = event.target.closest('[data-zoom]')?.dataset.zoom;
    if (kind === 'in') zoom(1.4);
    if (kind === 'out') zoom(1 / 1.4);
    if (kind === 'full') {
      if (document.fullscreenElement) document.exitFullscreen();
      else (root.closest('[data-stage]') ?? root).requestFullscreen();
    }
    if (kind === 'fit') { scale = 1; x = y = 0; apply(); }
  });
  root.addEventListener('keydown', event => {
    const node = event.target.closest('.node');
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+' || event.key === '=') zoom(1.4);
    else if (event.key === '-') zoom(1 / 1.4);
    else if (event.key === '0') { scale = 1; x = y = 0; apply(); }
    else if (event.key.startsWith('Arrow') && event.shiftKey) {
      const far = 60 / unit();
      x += { ArrowLeft: far, ArrowRight: -far }[event.key] ?? 0;
      y += { ArrowUp: far, ArrowDown: -far }[event.key] ?? 0;
      apply();
    }
    else if (event.key.startsWith('Arrow') && node) step(node, event.key);
    else if ((event.key === 'Enter' || event.key === ' ') && node) { moved = 0; node.dispatchEvent(new MouseEvent('click', { bubbles: true })); }
    else return;
    event.preventDefault();
  });
  fit();
}
