function tensor({ shape, dtype, data }) {
  const Kind = { u8: Uint8Array, i8: Int8Array, f32: Float32Array, f64: Float64Array }[dtype];
  return { shape, data: new Kind(bytes(data).slice().buffer) };
}
