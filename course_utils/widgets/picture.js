function picture(height, width, rgba) {  // a canvas with a pixel for each number: rgba(n) -> [red, green, blue, alpha], 0 to 255
  const canvas = h('canvas', { width, height }), image = new ImageData(width, height), { data } = image;
  for (let n = 0; n < height * width; n++) {
    const color = rgba(n);
    for (let k = 0; k < 4; k++) data[4 * n + k] = color[k];
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
  return canvas;
}
