// The updates of parameters: the isocline projection, the SGD step, and the direction of Adam.
#pragma once

// A step of stochastic gradient descent: its constants, and the tensors that it updates.
struct Step
{
    float *w;
    float *v;
    float rate;
    float gain;
    float momentum;
    float decay;
    bool nesterov;

    // d = g + decay*w; v = momentum*v + gain*d; d = nesterov ? d + momentum*v : v; w = w - rate*d. Without momentum v is neither read nor written.
    __device__ __forceinline__ void operator()(u32 i, const Quad &g, u32 count, bool wide) const
    {
        Quad a = load(w + i, count, wide), d;
#pragma unroll
        for (u32 j = 0; j < 4; j++)
        {
            d.v[j] = g.v[j] + decay * a.v[j];
        }

        if (momentum != 0.0f)
        {
            Quad b = load(v + i, count, wide);
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                b.v[j] = momentum * b.v[j] + gain * d.v[j];
                d.v[j] = nesterov ? d.v[j] + momentum * b.v[j] : b.v[j];
            }

            store(v + i, b, count, wide);
        }

#pragma unroll
        for (u32 j = 0; j < 4; j++)
        {
            a.v[j] = a.v[j] - rate * d.v[j];
        }

        store(w + i, a, count, wide);
    }
};

// Slices [outer, taps, inner] of which four neighbours go to one thread, where there are enough of them to fill a device that way.
#define MANY_SLICES 32768u

// Slices without neighbours in memory that are worth a warp.
#define LONG_SLICE 32u

DEVICE bool by_quads(u32 outer, u32 inner) { return inner % 4u == 0 && outer * inner >= MANY_SLICES; }

// `f(i, x[i] - lambda*mean of its slice, count, wide)` for every element; f may write x[i]. The mean of a slice is summed in the order of its taps; where
// inner = 1 and taps >= 32 by a warp, every 32nd tap and a butterfly.
template <class F>
DEVICE void each_projected(const float *x, u32 outer, u32 taps, u32 inner, float lambda, bool wide, F f)
{
    if (inner == 1u && taps >= LONG_SLICE)
    {
        for (u32 o = warp_of(global_thread()); o < outer; o += all_threads() / LANES)
        {
            float sum = 0.0f;
            for (u32 t = lane_of(threadIdx.x); t < taps; t += LANES)
            {
                sum += x[o * taps + t];
            }

            float shift = lambda * (warp_sum(sum) / (float)taps);
            for (u32 t = lane_of(threadIdx.x); t < taps; t += LANES)
            {
                f(o * taps + t, Quad{{x[o * taps + t] - shift}}, 1u, Choice<false>());
            }
        }

        return;
    }

    choose(wide, [&](auto wide) {
        u32 width = wide ? 4u : 1u, across = inner / width;
        for (u32 item = global_thread(); item < outer * across; item += all_threads())
        {
            u32 start = item / across * taps * inner + item % across * width;
            Quad shift = {};
            for (u32 t = 0; t < taps; t++)
            {
                Quad a = load(x + start + t * inner, width, wide);
#pragma unroll
                for (u32 j = 0; j < 4; j++)
                {
                    shift.v[j] += a.v[j];
                }
            }

#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                shift.v[j] = lambda * (shift.v[j] / (float)taps);
            }

            for (u32 t = 0; t < taps; t++)
            {
                Quad a = load(x + start + t * inner, width, wide);
#pragma unroll
                for (u32 j = 0; j < 4; j++)
                {
                    a.v[j] = a.v[j] - shift.v[j];
                }

                f(start + t * inner, a, width, wide);
            }
        }
    });
}

// x[o,t,i] -= lambda*(sum over t of x[o,t,i]/taps). Launch: a thread a slice, or a quad of slices, or a warp a long one; 256 a block, grid-stride. Bytes: 8 an
// element, the second reading from the cache. Order: see each_projected.
KERNEL isocline_project(float *x, u32 outer, u32 taps, u32 inner, float lambda)
{
    bool wide = by_quads(outer, inner) && aligned(x);
    each_projected(x, outer, taps, inner, lambda, wide, [=](u32 i, const Quad &a, u32 count, auto together) { store(x + i, a, count, together); });
}

// One step for every element: see Step. rate = rate[0]*multiplier. Launch: a thread per quad, 256 a block, grid-stride. Bytes: 20 an element, 12 without
// momentum. Element by element: any launch gives the same bits.
KERNEL sgd_step(
    float *w, float *v, const float *g, const float *rate, const float *gain, u32 count, float momentum, float decay, float multiplier, u32 nesterov)
{
    Step step = {w, v, rate[0] * multiplier, gain[0], momentum, decay, nesterov != 0};
    u32 whole = aligned(w, v, g) ? count / 4u : 0u;
    for (u32 q = global_thread(); q < whole; q += all_threads())
    {
        step(4u * q, load(g + 4u * q, 4u, true), 4u, true);
    }

    for (u32 i = 4u * whole + global_thread(); i < count; i += all_threads())
    {
        step(i, load(g + i, 1u, false), 1u, false);
    }
}

// The direction of Adam: running means of gradients and of their squares, and the quotient of the two.

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
