// Ops over rows of channels, x [rows, C]: a thread stays with four neighbouring channels and walks down the rows, so what belongs to a
// channel is read once and no index is divided.
//
// Launch of all of them: tiles of up to 8 quads of channels, 256/quads rows side by side; block = part*tiles + tile, `rows_a_part` rows to a
// part. Sums over rows have two stages: partial sums [parts, sums, C] of the parts, then one warp a channel adds up the parts. Their order
// follows from rows, C and rows_a_part alone.
#pragma once

// Where a thread stands: its four channels, `count` of which exist, and its rows.
struct Channels
{
    u32 tile_quads;
    u32 tile;
    u32 part;
    u32 first;
    u32 count;
    u32 row;
    u32 end;
    u32 step;
};

DEVICE u32 tile_quads_of(u32 channels)
{
    u32 quads = quads_of(channels);
    return quads > 4u ? 8u : quads > 2u ? 4u : quads;
}

DEVICE Channels stand(u32 rows, u32 channels, u32 rows_a_part)
{
    Channels at;
    at.tile_quads = tile_quads_of(channels);
    u32 tiles = (quads_of(channels) + at.tile_quads - 1u) / at.tile_quads;
    at.tile = blockIdx.x % tiles;
    at.part = blockIdx.x / tiles;
    at.first = 4u * (at.tile * at.tile_quads + threadIdx.x % at.tile_quads);
    at.count = at.first < channels ? lesser(4u, channels - at.first) : 0u;
    at.step = THREADS / at.tile_quads;
    at.row = at.part * rows_a_part + threadIdx.x / at.tile_quads;
    at.end = at.count == 0 ? 0u : lesser(rows, (at.part + 1u) * rows_a_part);
    return at;
}

// y = f(x, channel constants), row by row. `f(quad, j)` makes element j of the quad.
template <class F>
DEVICE void each_row(float *y, const float *x, const Channels &at, u32 channels, bool wide, F f)
{
    choose(wide, [&](auto wide) {
#pragma unroll 4
        for (u32 row = at.row; row < at.end; row += at.step)
        {
            u32 i = row * channels + at.first;
            Quad q = load(x + i, at.count, wide);
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                q.v[j] = f(q.v[j], j);
            }

            store(y + i, q, at.count, wide);
        }
    });
}

// Adds up what the threads of a block have for the same channels: butterflies over rows within a warp, then the warps in order.
template <u32 SUMS>
DEVICE void store_partials(float *partials, float (&sums)[SUMS][4], const Channels &at, u32 channels)
{
    __shared__ float shared[WARPS][SUMS][LANES];
    for (u32 lanes = at.tile_quads; lanes < LANES; lanes <<= 1)
    {
#pragma unroll
        for (u32 s = 0; s < SUMS; s++)
        {
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                sums[s][j] += __shfl_xor_sync(EVERY_LANE, sums[s][j], lanes);
            }
        }
    }

    u32 lane = lane_of(threadIdx.x), width = 4u * at.tile_quads;
    if (lane < at.tile_quads)
    {
#pragma unroll
        for (u32 s = 0; s < SUMS; s++)
        {
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                shared[warp_of(threadIdx.x)][s][4u * lane + j] = sums[s][j];
            }
        }
    }

    __syncthreads();
    if (threadIdx.x < SUMS * width)
    {
        u32 s = threadIdx.x / width, k = threadIdx.x % width, channel = at.tile * width + k;
        float sum = shared[0][s][k];
#pragma unroll
        for (u32 w = 1; w < WARPS; w++)
        {
            sum += shared[w][s][k];
        }

        if (channel < channels)
        {
            partials[(at.part * SUMS + s) * channels + channel] = sum;
        }
    }
}

// The sum number `s` of a channel over all parts, for every lane of the warp.
DEVICE float total_of(const float *partials, u32 channel, u32 channels, u32 parts, u32 s, u32 sums)
{
    float sum = 0.0f;
    for (u32 part = lane_of(threadIdx.x); part < parts; part += LANES)
    {
        sum += partials[(part * sums + s) * channels + channel];
    }

    return warp_sum(sum);
}

// `f(channel)` for each channel, by a warp.
template <class F>
DEVICE void each_channel(u32 channels, F f)
{
    for (u32 channel = warp_of(global_thread()); channel < channels; channel += all_threads() / LANES)
    {
        f(channel);
    }
}

// y[r,c] = x[r,c] + b[c]; y may be x. Bytes: 8 an element. One rounding: any launch gives the same bits.
KERNEL bias_add(float *y, const float *x, const float *b, u32 rows, u32 channels, u32 rows_a_part)
{
    Channels at = stand(rows, channels, rows_a_part);
    Quad bias = load(b + at.first, at.count, false);
    each_row(y, x, at, channels, channels % 4u == 0 && aligned(y, x), [=](float v, u32 j) { return v + bias.v[j]; });
}

// y[r,c] = s < 0 ? 0 : s with s = x[r,c] + b[c]: bias_add and relu_forward in one pass, the same bits. Bytes: 8 an element, instead of 16.
KERNEL bias_relu(float *y, const float *x, const float *b, u32 rows, u32 channels, u32 rows_a_part)
{
    Channels at = stand(rows, channels, rows_a_part);
    Quad bias = load(b + at.first, at.count, false);
    each_row(y, x, at, channels, channels % 4u == 0 && aligned(y, x), [=](float v, u32 j) { return rectified(v + bias.v[j]); });
}

// partials[p,0,c] = sum of x[r,c] over the rows of part p. Bytes: 4 an element. Order: see the head of this file.
KERNEL channel_sums(float *partials, const float *x, u32 rows, u32 channels, u32 rows_a_part)
{
    Channels at = stand(rows, channels, rows_a_part);
    bool wide = channels % 4u == 0 && aligned(x);
    float sums[1][4] = {};
    choose(wide, [&](auto wide) {
#pragma unroll 4
        for (u32 row = at.row; row < at.end; row += at.step)
        {
            Quad q = load(x + row * channels + at.first, at.count, wide);
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                sums[0][j] += q.v[j];
            }
        }
    });

    store_partials<1>(partials, sums, at, channels);
}

// dx[r,c] = y[r,c] > 0 ? dy[r,c] : 0, or dx[r,c] + that when accumulating, and partials[p,0,c] = sum of the new dx[r,c] over the rows of part p: relu_backward and
// channel_sums in one pass, the same bits; dx may be dy. Bytes: 12 an element, 16 accumulating, instead of 16 and 20. Order: see the head of this file.
KERNEL relu_backward_sums(
    float *dx, float *partials, const float *y, const float *dy, u32 rows, u32 channels, u32 rows_a_part, u32 accumulate)
{
    Channels at = stand(rows, channels, rows_a_part);
    bool wide = channels % 4u == 0 && aligned(dx, y, dy);
    float sums[1][4] = {};
    choose(wide, [&](auto wide) {
#pragma unroll 4
        for (u32 row = at.row; row < at.end; row += at.step)
        {
            u32 i = row * channels + at.first;
            Quad gradient = masked(load(y + i, at.count, wide), load(dy + i, at.count, wide));
            if (accumulate != 0)
            {
                gradient = sum_of(load(dx + i, at.count, wide), gradient);
            }

            store(dx + i, gradient, at.count, wide);
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                sums[0][j] += gradient.v[j];
            }
        }
    });

    store_partials<1>(partials, sums, at, channels);
}

// partials[p,0,c] = sum of x[r,c] and partials[p,1,c] = sum of x[r,c]^2 over the rows of part p. Bytes: 4 an element. Order: see the head.
KERNEL channel_moments(float *partials, const float *x, u32 rows, u32 channels, u32 rows_a_part)
{
    Channels at = stand(rows, channels, rows_a_part);
    bool wide = channels % 4u == 0 && aligned(x);
    float sums[2][4] = {};
    choose(wide, [&](auto wide) {
#pragma unroll 4
        for (u32 row = at.row; row < at.end; row += at.step)
        {
            Quad q = load(x + row * channels + at.first, at.count, wide);
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                sums[0][j] += q.v[j];
                sums[1][j] = fmaf(q.v[j], q.v[j], sums[1][j]);
            }
        }
    });

    store_partials<2>(partials, sums, at, channels);
}

// db[c] = sum over parts, or db[c] + that when accumulating. Launch: a warp a channel. Bytes: 4*parts a channel. Order: see the head.
KERNEL bias_gradient_total(float *db, const float *partials, u32 channels, u32 parts, u32 accumulate)
{
    each_channel(channels, [=](u32 c) {
        float sum = total_of(partials, c, channels, parts, 0, 1);
        if (lane_of(threadIdx.x) == 0)
        {
            db[c] = accumulate != 0 ? db[c] + sum : sum;
        }
    });
}

// mean[c] = sum of x / rows and square[c] = sum of x^2 / rows, from the parts. Launch: a warp a channel. Bytes: 8*parts a channel.
KERNEL moments_total(float *mean, float *square, const float *partials, u32 channels, u32 parts, u32 rows)
{
    each_channel(channels, [=](u32 c) {
        float sum = total_of(partials, c, channels, parts, 0, 2), squares = total_of(partials, c, channels, parts, 1, 2);
        if (lane_of(threadIdx.x) == 0)
        {
            mean[c] = sum / (float)rows;
            square[c] = squares / (float)rows;
        }
    });
}
