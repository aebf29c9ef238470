const outSize = (n, k, s = 1, p = 0, d = 1) => Math.max(0, Math.floor((n + 2 * p - d * (k - 1) - 1) / s) + 1);

// x (C, H, W), weight (O, C, kh, kw), bias (O) -> (O, oh, ow), as F.conv2d, row by row
function conv2d(x, [C, H, W], weight, [O, kh, kw], { stride: s = 1, padding: p = 0, dilation: d = 1, bias } = {}) {
  const oh = outSize(H, kh, s, p, d), ow = outSize(W, kw, s, p, d), data = new Float64Array(O * oh * ow);
  for (let o = 0, n = 0; o < O; o++) {
    if (bias) data.fill(bias[o], o * oh * ow, (o + 1) * oh * ow);
    for (let c = 0; c < C; c++) for (let u = 0; u < kh; u++) for (let v = 0; v < kw; v++, n++) {
      const left = v * d - p, from = Math.max(0, Math.ceil(-left / s)), to = Math.min(ow, Math.ceil((W - left) / s)), w = weight[n];
      for (let i = 0, y = u * d - p; i < oh; i++, y += s) {
        const z = (c * H + y) * W + left, at = (o * oh + i) * ow;
        if (y >= 0 && y < H) for (let j = from; j < to; j++) data[at + j] += w * x[z + j * s];
      }
    }
  }
  return { data, shape: [O, oh, ow] };
}
// As F.max_pool2d and F.avg_pool2d, which counts its zero padding
function pool2d(x, [C, H, W], k, { mode = 'max', stride: s = k, padding: p = 0, dilation: d = 1 } = {}) {
  const oh = outSize(H, k, s, p, d), ow = outSize(W, k, s, p, d), data = new Float64Array(C * oh * ow), max = mode === 'max';
  for (let c = 0, at = 0; c < C; c++) for (let i = 0; i < oh; i++) for (let j = 0; j < ow; j++, at++) {
    let out = max ? -Infinity : 0;
    for (let u = 0; u < k; u++) for (let v = 0; v < k; v++) {
      const y = i * s - p + u * d, z = j * s - p + v * d;
      if (y < 0 || y >= H || z < 0 || z >= W) continue;
      const value = x[(c * H + y) * W + z];
      out = max ? Math.max(out, value) : out + value;
    }
    data[at] = max ? out : out / (k * k);
  }
  return { data, shape: [C, oh, ow] };
}
function unzip(packed) {  // 0, n stands for n zeros
  const out = [];
  for (let i = 0; i < packed.length; i++) out.push(...(packed[i] ? [packed[i]] : Array(packed[++i]).fill(0)));
  return Uint8Array.from(out);
}
