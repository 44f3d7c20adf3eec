// Ops that make each element from the same element of their sources.
#pragma once

// y[i] = f(i), quads where all pointers are aligned, else one element a thread: neighbours in a warp stay neighbours in memory either way.
template <class F>
DEVICE void each_element(float *y, u32 count, bool wide, F f)
{
    u32 whole = wide ? count / 4u : 0u;
    for (u32 q = global_thread(); q < whole; q += all_threads())
    {
        store(y + 4u * q, f(4u * q, 4u, Choice<true>()), 4u, true);
    }

    for (u32 i = 4u * whole + global_thread(); i < count; i += all_threads())
    {
        store(y + i, f(i, 1u, Choice<false>()), 1u, false);
    }
}

DEVICE float rectified(float x) { return x < 0.0f ? 0.0f : x; } // NaN is not below 0, and passes.

// y[i] = value. Launch: a thread per quad, 256 a block, grid-stride. Bytes: 4 an element. One write, no rounding: any launch gives the same bits.
KERNEL fill(float *y, u32 count, float value)
{
    each_element(y, count, aligned(y), [=](u32, u32, auto) { return Quad{{value, value, value, value}}; });
}

// y[i] = x[i], or y[i] + x[i] when accumulating. Launch: as fill. Bytes: 8 an element, 12 accumulating. At most one rounding: any launch gives
// the same bits.
KERNEL copy(float *y, const float *x, u32 count, u32 accumulate)
{
    each_element(y, count, aligned(y, x), [=](u32 i, u32 n, auto wide) {
        Quad a = load(x + i, n, wide);
        if (accumulate != 0)
        {
            Quad old = load(y + i, n, wide);
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                a.v[j] = old.v[j] + a.v[j];
            }
        }

        return a;
    });
}

template <class F>
DEVICE void each_pair(float *y, const float *a, const float *b, u32 count, F f)
{
    each_element(y, count, aligned(y, a, b), [=](u32 i, u32 n, auto wide) {
        Quad p = load(a + i, n, wide), q = load(b + i, n, wide);
#pragma unroll
        for (u32 j = 0; j < 4; j++)
        {
            p.v[j] = f(p.v[j], q.v[j]);
        }

        return p;
    });
}

// y[i] = a[i] + b[i]; y may be a or b. Launch: as fill. Bytes: 12 an element. One rounding: any launch gives the same bits.
KERNEL add(float *y, const float *a, const float *b, u32 count)
{
    each_pair(y, a, b, count, [](float p, float q) { return p + q; });
}

// y[i] = s < 0 ? 0 : s with s = a[i] + b[i]: add and relu_forward in one pass, the same bits. Launch: as fill. Bytes: 12 an element, instead of 20.
KERNEL add_relu(float *y, const float *a, const float *b, u32 count)
{
    each_pair(y, a, b, count, [](float p, float q) { return rectified(p + q); });
}

// x[i] = factor[0] * x[i]. Launch: as fill. Bytes: 8 an element. One rounding: any launch gives the same bits.
KERNEL scale(float *x, const float *factor, u32 count)
{
    float f = factor[0];
    each_element(x, count, aligned(x), [=](u32 i, u32 n, auto wide) {
        Quad a = load(x + i, n, wide);
#pragma unroll
        for (u32 j = 0; j < 4; j++)
        {
            a.v[j] = f * a.v[j];
        }

        return a;
    });
}

// y[i] = x[i] < 0 ? 0 : x[i]; y may be x. NaN and -0 pass. Launch: as fill. Bytes: 8 an element. No rounding.
KERNEL relu_forward(float *y, const float *x, u32 count)
{
    each_element(y, count, aligned(y, x), [=](u32 i, u32 n, auto wide) {
        Quad a = load(x + i, n, wide);
#pragma unroll
        for (u32 j = 0; j < 4; j++)
        {
            a.v[j] = rectified(a.v[j]);
        }

        return a;
    });
}

// The gradient that passes rectifiers whose outputs are `out`.
DEVICE Quad masked(const Quad &out, Quad gradient)
{
#pragma unroll
    for (u32 j = 0; j < 4; j++)
    {
        gradient.v[j] = chosen(out.v[j] > 0.0f, gradient.v[j], 0.0f);
    }

    return gradient;
}

DEVICE Quad sum_of(Quad a, const Quad &b)
{
#pragma unroll
    for (u32 j = 0; j < 4; j++)
    {
        a.v[j] = a.v[j] + b.v[j];
    }

    return a;
}

// dx[i] = y[i] > 0 ? dy[i] : 0, or dx[i] + that when accumulating; dx may be dy. Launch: as fill. Bytes: 12 an element, 16 accumulating. At most one
// rounding: any launch gives the same bits.
KERNEL relu_backward(float *dx, const float *y, const float *dy, u32 count, u32 accumulate)
{
    each_element(dx, count, aligned(dx, y, dy), [=](u32 i, u32 n, auto wide) {
        Quad gradient = masked(load(y + i, n, wide), load(dy + i, n, wide));
        return accumulate != 0 ? sum_of(load(dx + i, n, wide), gradient) : gradient;
    });
}

// dx[i] = y[i] > 0 ? dy[i] : 0 and copied[i] = dx[i]: relu_backward and copy in one pass, the same bits; either may be dy or y, element by element. Launch: as
// fill. Bytes: 16 an element, instead of 20. No rounding.
KERNEL relu_backward_copy(float *dx, float *copied, const float *y, const float *dy, u32 count)
{
    each_element(dx, count, aligned(dx, y, dy) && aligned(copied), [=](u32 i, u32 n, auto wide) {
        Quad gradient = masked(load(y + i, n, wide), load(dy + i, n, wide));
        store(copied + i, gradient, n, wide);
        return gradient;
    });
}
