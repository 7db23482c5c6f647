// SPDX-License-Identifier: Apache-2.0
// Text against what is behind it: WCAG 2.1, success criterion 1.4.3 (4.5:1; large text 3:1).

/** Texts of the page that cannot be read well; runs in the browser. */
function lookAtText() {
  const number = (part) => Number(part);
  const parse = (text) => {
    const [r, g, b, a = 1] = (text.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(number);
    return { rgb: text.startsWith('color(') ? [r * 255, g * 255, b * 255] : [r, g, b], a };
  };
  const over = (front, back) => front.rgb.map((value, i) => value * front.a + back[i] * (1 - front.a));
  const behind = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const layer = parse(getComputedStyle(one).backgroundColor);
      layers.push(layer);
      if (layer.a === 1) break;
    }
    return layers.reverse().reduce((back, layer) => over(layer, back), [255, 255, 255]);
  };
  // Relative luminance of sRGB, as WCAG 2.1 defines it.
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const poor = [];
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const style = getComputedStyle(element);
    const hidden = style.visibility !== 'visible' || element.closest('.unseen, .skip, :disabled, option, title, script');
    if (node.data.trim() === '' || hidden || element.getClientRects().length === 0) continue;
    const sign = element.closest('.sign');
    const inSvg = element instanceof SVGElement;
    const back = sign ? over(parse(getComputedStyle(sign.querySelector('path')).fill), behind(sign)) : behind(element);
    const front = over(parse(inSvg ? style.fill : style.color), back);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const found = ratio(front, back);
    seen++;
    if (found < (large ? 3 : 4.5)) poor.push(`"${node.data.trim().slice(0, 40)}" ${found.toFixed(2)}:1 (${element.className?.baseVal ?? element.className})`);
  }
  return { seen, poor: [...new Set(poor)] };
}

/** Texts that are read badly, and how many there were. */
export const contrast = (page) => page.evaluate(lookAtText);
