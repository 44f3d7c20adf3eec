// The direction of Adam: running means of gradients and of their squares, and the quotient of the two.
#pragma once

// Its constants, and the tensors that it updates and writes.
struct Moments
{
    float *m;
    float *v;
    float *d;
    float correction1;
    float correction2;
    float beta1;
    float rest1;
    float beta2;
    float rest2;
    float epsilon;

    // m = beta1*m + (1 - beta1)*g; v = beta2*v + (1 - beta2)*g*g; d = m*correction1/(sqrt(v*correction2) + epsilon).
    __device__ __forceinline__ void operator()(u32 i, const Quad &g, u32 count, bool wide) const
    {
        Quad a = load(m + i, count, wide), b = load(v + i, count, wide), q;
#pragma unroll
        for (u32 j = 0; j < 4; j++)
        {
            a.v[j] = beta1 * a.v[j] + rest1 * g.v[j];
            b.v[j] = beta2 * b.v[j] + rest2 * (g.v[j] * g.v[j]);
            q.v[j] = a.v[j] * correction1 / (sqrtf(b.v[j] * correction2) + epsilon);
        }

        store(m + i, a, count, wide);
        store(v + i, b, count, wide);
        store(d + i, q, count, wide);
    }
};

// One direction for every element: see Moments; rest = 1 - beta, rounded once. d may be g itself. Launch: a thread per quad, 256 a block, grid-stride. Bytes: 24
// an element. Element by element: any launch gives the same bits.
KERNEL adam_direction(
    float *m,
    float *v,
    float *d,
    const float *g,
    const float *correction,
    u32 count,
    float beta1,
    float rest1,
    float beta2,
    float rest2,
    float epsilon)
{
    Moments moments = {m, v, d, correction[0], correction[1], beta1, rest1, beta2, rest2, epsilon};
    u32 whole = aligned(m, v, g) && aligned(d) ? count / 4u : 0u;
    for (u32 q = global_thread(); q < whole; q += all_threads())
    {
        moments(4u * q, load(g + 4u * q, 4u, true), 4u, true);
    }

    for (u32 i = 4u * whole + global_thread(); i < count; i += all_threads())
    {
        moments(i, load(g + i, 1u, false), 1u, false);
    }
}
