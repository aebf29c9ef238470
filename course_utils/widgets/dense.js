// A linear layer and softmax; put between core.js and a widget that needs them.

function linear(x, weight, bias) {               // weight (O, I) in one row after the other
  return Float64Array.from(bias, (b, o) => x.reduce((sum, v, i) => sum + v * weight[o * x.length + i], b));
}
function softmax(z) {
  const top = Math.max(...z), e = Array.from(z, v => Math.exp(v - top)), sum = e.reduce((a, b) => a + b, 0);
  return e.map(v => v / sum);
}
