// Images per second of forward passes with onnxruntime-node: the peer of compare-forward.sh.
// usage: node onnxruntime_forward.js MODEL THREADS BATCH SECONDS spin|sleep
// Median of single passes over random images, after a fifth of SECONDS for warm-up. Prints one number.
// The last word is what its threads do while they wait; by themselves they spin.
const { InferenceSession, Tensor } = require('onnxruntime-node');

async function main([model, threads, batch, seconds, wait]) {
  const session = await InferenceSession.create(model, {
    extra: { session: { intra_op: { allow_spinning: wait === 'spin' ? '1' : '0' } } }, executionProviders: ['cpu'], executionMode: 'sequential', graphOptimizationLevel: 'all', intraOpNumThreads: +threads, interOpNumThreads: 1,
  });
  const images = new Tensor('float32', Float32Array.from({ length: batch * 3 * 32 * 32 }, () => 2 * Math.random() - 1), [+batch, 3, 32, 32]);
  const times = [];
  const limit = seconds * 1e3;
  for (const begun = performance.now(); times.length < 5 || performance.now() - begun < 1.2 * limit;) {
    const start = performance.now();
    await session.run({ x: images });
    const end = performance.now();
    if (end - begun > 0.2 * limit) times.push(end - start);
  }
  times.sort((a, b) => a - b);
  console.log((1e3 * batch / times[times.length >> 1]).toFixed(1));
}

main(process.argv.slice(2));
