// Ops on rows of parameters, w [rows, length], a block a row: norms, filter scales, and what follows from a norm. A thread takes every 256th quad of the row and
// keeps four sums, one for each place in a quad; then (0 + 1) + (2 + 3), a butterfly in each warp, and the warps in order. Orders follow from the length alone.
#pragma once

// `f(i, count, wide)` for the quads of a row of `length` elements that starts at `start`.
template <class F>
DEVICE void each_quad(u32 start, u32 length, bool wide, F f)
{
    u32 i = 4u * threadIdx.x;
    for (; wide && i + 4u <= length; i += 4u * THREADS)
    {
        f(start + i, 4u, Choice<true>());
    }

    for (; i < length; i += 4u * THREADS)
    {
        f(start + i, lesser(4u, length - i), Choice<false>());
    }
}

DEVICE float sum_of(const Quad &q) { return (q.v[0] + q.v[1]) + (q.v[2] + q.v[3]); }

DEVICE float squares_of(const float *x, u32 start, u32 length)
{
    Quad sums = {};
    each_quad(start, length, aligned(x + start), [&](u32 i, u32 count, auto wide) {
        Quad a = load(x + i, count, wide);
#pragma unroll
        for (u32 j = 0; j < 4; j++)
        {
            sums.v[j] = fmaf(a.v[j], a.v[j], sums.v[j]);
        }
    });
    return block_sum(sum_of(sums));
}

// sums[row*parts + part] = sum of x[row,i]^2 over the `chunk` elements of the part. Launch: a block per (row, part), grid-stride. Bytes: 4 an element.
KERNEL squared_norms(float *sums, const float *x, u32 rows, u32 length, u32 parts, u32 chunk)
{
    for (u32 item = blockIdx.x; item < rows * parts; item += gridDim.x)
    {
        u32 begin = item % parts * chunk;
        float sum = squares_of(x, item / parts * length + begin, lesser(chunk, length - begin));
        if (threadIdx.x == 0)
        {
            sums[item] = sum;
        }
    }
}

// y[row] = sum of sums[row,part]. Launch: a warp a row, 8 a block, grid-stride. Bytes: 4*parts a row. Order: every 32nd part, then a butterfly.
KERNEL norms_total(float *y, const float *sums, u32 rows, u32 parts)
{
    for (u32 row = warp_of(global_thread()); row < rows; row += all_threads() / LANES)
    {
        float sum = 0.0f;
        for (u32 part = lane_of(threadIdx.x); part < parts; part += LANES)
        {
            sum += sums[row * parts + part];
        }

        sum = warp_sum(sum);
        if (lane_of(threadIdx.x) == 0)
        {
            y[row] = sum;
        }
    }
}

// weff[k,i] = exp(theta[k])*w[k,i]; weff may be w. Launch: a block a filter, grid-stride. Bytes: 8 a weight. Element by element.
KERNEL filter_scale_forward(float *weff, const float *w, const float *theta, u32 filters, u32 length)
{
    for (u32 k = blockIdx.x; k < filters; k += gridDim.x)
    {
        float factor = exp_of(theta[k]);
        u32 start = k * length;
        each_quad(start, length, aligned(weff + start, w + start), [=](u32 i, u32 count, auto wide) {
            Quad a = load(w + i, count, wide);
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                a.v[j] = factor * a.v[j];
            }

            store(weff + i, a, count, wide);
        });
    }
}

// dw[k,i] += exp(theta[k])*dweff[k,i] and dtheta[k] += sum of dweff[k,i]*weff[k,i]. Launch: a block a filter, grid-stride. Bytes: 16 a weight.
KERNEL filter_scale_backward(float *dw, float *dtheta, const float *weff, const float *dweff, const float *theta, u32 filters, u32 length)
{
    for (u32 k = blockIdx.x; k < filters; k += gridDim.x)
    {
        float factor = exp_of(theta[k]);
        u32 start = k * length;
        Quad sums = {};
        each_quad(start, length, aligned(dw + start, weff + start, dweff + start), [&](u32 i, u32 count, auto wide) {
            Quad scaled = load(weff + i, count, wide), gradient = load(dweff + i, count, wide), old = load(dw + i, count, wide);
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                sums.v[j] = fmaf(gradient.v[j], scaled.v[j], sums.v[j]);
                old.v[j] = old.v[j] + factor * gradient.v[j];
            }

            store(dw + i, old, count, wide);
        });
        float sum = block_sum(sum_of(sums));
        if (threadIdx.x == 0)
        {
            dtheta[k] += sum;
        }
    }
}

// g[k,i] += factor*w[k,i], factor = twice*(1 - 1/norm of w[k]), 0 for a norm of 0. Launch: a block a row, grid-stride. Bytes: 12 a weight, w the second time
// from the cache.
KERNEL norm_anchor(float *g, const float *w, u32 rows, u32 length, float twice)
{
    for (u32 k = blockIdx.x; k < rows; k += gridDim.x)
    {
        u32 start = k * length;
        float norm = sqrtf(squares_of(w, start, length));
        float factor = norm == 0.0f ? 0.0f : twice * (1.0f - 1.0f / norm);
        each_quad(start, length, aligned(g + start, w + start), [=](u32 i, u32 count, auto wide) {
            Quad a = load(w + i, count, wide), gradient = load(g + i, count, wide);
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                gradient.v[j] = gradient.v[j] + factor * a.v[j];
            }

            store(g + i, gradient, count, wide);
        });
    }
}

// factor[0] = norm > limit ? limit/norm : 1 with norm = sqrt(squared[0]); NaN where the norm is not finite. Launch: one thread. Bytes: 8.
KERNEL clip_factor(float *factor, const float *squared, float limit)
{
    if (global_thread() == 0)
    {
        float norm = sqrtf(squared[0]);
        const float infinity = __uint_as_float(0x7f800000u);
        factor[0] = !(norm < infinity) ? __uint_as_float(0x7fc00000u) : norm > limit ? limit / norm : 1.0f;
    }
}
