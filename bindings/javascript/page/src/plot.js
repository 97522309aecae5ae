// A plot of the entropy by length, as SVG.

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 280, 52, 16, 16, 44];

function shape(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A step of 1, 2 or 5 times a power of ten, so that there are at most `most` in `range`. */
export function stepOf(range, most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(range / most, 1)));
  return power * ([1, 2, 5].find((factor) => range / (factor * power) <= most) ?? 10);
}

/** Draws points of length and bits, and marks one length. */
export function plot(svg, points, marked) {
  const [first, last] = [points[0][0], points.at(-1)[0]];
  const top = Math.max(...points.map(([, bits]) => bits), 1);
  const x = (length) => LEFT + ((WIDTH - LEFT - RIGHT) * (length - first + (first === last ? 0.5 : 0))) / (last - first || 1);
  const y = (bits) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * bits) / top;
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  const parts = [];
  for (let bits = 0, step = stepOf(top, 5); bits <= top; bits += step) {
    parts.push(shape('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: y(bits), y2: y(bits) }));
    parts.push(shape('text', { class: 'tick', x: LEFT - 8, y: y(bits) + 4, 'text-anchor': 'end' }, bits));
  }
  for (let step = stepOf(last - first, 8), length = Math.ceil(first / step) * step; length <= last; length += step) {
    parts.push(shape('text', { class: 'tick', x: x(length), y: HEIGHT - BOTTOM + 18, 'text-anchor': 'middle' }, length));
  }
  parts.push(shape('text', { class: 'tick', x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, 'text-anchor': 'middle' }, 'characters'));
  parts.push(shape('text', { class: 'tick', x: 4, y: TOP + 4 }, 'bits'));
  parts.push(shape('polyline', { class: 'curve', points: points.map(([length, bits]) => `${x(length)},${y(bits)}`).join(' ') }));
  const point = points.find(([length]) => length === marked);
  if (point) {
    parts.push(shape('line', { class: 'mark', x1: x(marked), x2: x(marked), y1: y(0), y2: y(point[1]) }));
    parts.push(shape('circle', { class: 'dot', cx: x(marked), cy: y(point[1]), r: 5 }));
  }
  svg.replaceChildren(...parts);
}
