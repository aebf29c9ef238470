const spare = {};
// Pixel n: rgba(n), 4 numbers. The next picture of this size takes the canvas over
function picture(height, width, rgba) {
  const canvas = spare[[height, width]] ||= h('canvas', { width, height }), image = new ImageData(width, height), { data } = image;
  for (let n = 0; n < height * width; n++) {
    const color = rgba(n);
    for (let k = 0; k < 4; k++) data[4 * n + k] = color[k];
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
  return canvas;
}
