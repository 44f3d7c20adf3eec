// Pooling and the parameter-free shortcut, channels last. A thread has four neighbouring channels of one place. Gradients are gathered: each element
// adds up the windows it lies in, in ascending (p, q), so nothing is added by two threads and the bits are those of the definition.
#pragma once

// Mirrored by PoolShape in Msr.Cuda: the same integers in the same order.
struct PoolShape
{
    int h, w, c, p, q, window_h, window_w, stride_h, stride_w, pad_h, pad_w, count_padding;
};

// One place of a plane [n, rows, columns, quads of channels].
struct Place
{
    u32 n;
    int row;
    int column;
    int channel;
    u32 count;
};

DEVICE Place place_of(u32 i, u32 rows, u32 columns, u32 channels)
{
    u32 quads = quads_of(channels);
    Place at;
    u32 quad = i % quads;
    i /= quads;
    at.column = (int)(i % columns);
    i /= columns;
    at.row = (int)(i % rows);
    at.n = i / rows;
    at.channel = (int)(4u * quad);
    at.count = lesser(4u, channels - 4u * quad);
    return at;
}

DEVICE u32 index_of(u32 n, int row, int column, int channel, int rows, int columns, int channels)
{
    return ((n * (u32)rows + (u32)row) * (u32)columns + (u32)column) * (u32)channels + (u32)channel;
}

// The windows of an axis that an element lies in: from begin up to but not including end.
struct Windows
{
    int begin;
    int end;
};

DEVICE Windows windows_of(int position, int window, int stride, int pad, int windows)
{
    int padded = position + pad;
    Windows at;
    at.begin = padded < window ? 0 : (padded - window) / stride + 1;
    at.end = lesser(windows, padded / stride + 1);
    return at;
}

DEVICE int divisor_of(const PoolShape &g, int p, int q)
{
    int top = p * g.stride_h - g.pad_h, left = q * g.stride_w - g.pad_w;
    int bottom = lesser(top + g.window_h, g.count_padding != 0 ? g.h + g.pad_h : g.h);
    int right = lesser(left + g.window_w, g.count_padding != 0 ? g.w + g.pad_w : g.w);
    return g.count_padding != 0 ? (bottom - top) * (right - left) : (bottom - greater(top, 0)) * (right - greater(left, 0));
}

// y[n,p,q,c] = max x over the window, argmax = h*W + w of the first maximum; the first NaN is larger than every number. Launch: a thread per quad
// of y, 256 a block, grid-stride. Bytes: 4*window + 8 an element of y, windows that overlap mostly from the cache. No rounding.
KERNEL max_pool_forward(PoolShape g, float *y, int *argmax, const float *x, u32 samples)
{
    bool wide = g.c % 4 == 0 && aligned(y, argmax, x);
    u32 items = samples * (u32)g.p * (u32)g.q * quads_of((u32)g.c);
    choose(wide, [&](auto wide) {
        for (u32 i = global_thread(); i < items; i += all_threads())
        {
            Place at = place_of(i, (u32)g.p, (u32)g.q, (u32)g.c);
            int top = greater(at.row * g.stride_h - g.pad_h, 0), bottom = lesser(at.row * g.stride_h - g.pad_h + g.window_h, g.h);
            int left = greater(at.column * g.stride_w - g.pad_w, 0), right = lesser(at.column * g.stride_w - g.pad_w + g.window_w, g.w);
            int first = top * g.w + left;
            Quad best = load(x + index_of(at.n, top, left, at.channel, g.h, g.w, g.c), at.count, wide);
            QuadInt where = {{first, first, first, first}};
            for (int h = top; h < bottom; h++)
            {
                for (int w = left; w < right; w++)
                {
                    Quad candidate = load(x + index_of(at.n, h, w, at.channel, g.h, g.w, g.c), at.count, wide);
#pragma unroll
                    for (u32 j = 0; j < 4; j++)
                    {
                        float a = candidate.v[j], b = best.v[j];
                        bool wins = a > b || (a != a && b == b);
                        best.v[j] = wins ? a : b;
                        where.v[j] = wins ? h * g.w + w : where.v[j];
                    }
                }
            }

            u32 to = index_of(at.n, at.row, at.column, at.channel, g.p, g.q, g.c);
            store(y + to, best, at.count, wide);
            store(argmax + to, where, at.count, wide);
        }
    });
}

// dx[n,h,w,c] = (accumulating: dx +) the sum of dy[n,p,q,c] over windows whose argmax is h*W + w. Launch: a thread per quad of dx, 256 a block, grid-stride.
// Bytes: 4 an element of dx, 8 per element of dy and window, mostly from the cache. Order: ascending (p, q).
KERNEL max_pool_backward(PoolShape g, float *dx, const float *dy, const int *argmax, u32 samples, u32 accumulate)
{
    bool wide = g.c % 4 == 0 && aligned(dx, dy, argmax);
    u32 items = samples * (u32)g.h * (u32)g.w * quads_of((u32)g.c);
    choose(wide, [&](auto wide) {
        for (u32 i = global_thread(); i < items; i += all_threads())
        {
            Place at = place_of(i, (u32)g.h, (u32)g.w, (u32)g.c);
            Windows rows = windows_of(at.row, g.window_h, g.stride_h, g.pad_h, g.p);
            Windows columns = windows_of(at.column, g.window_w, g.stride_w, g.pad_w, g.q);
            u32 to = index_of(at.n, at.row, at.column, at.channel, g.h, g.w, g.c);
            int self = at.row * g.w + at.column;
            Quad sum = {};
            if (accumulate != 0)
            {
                sum = load(dx + to, at.count, wide);
            }

            for (int p = rows.begin; p < rows.end; p++)
            {
                for (int q = columns.begin; q < columns.end; q++)
                {
                    u32 from = index_of(at.n, p, q, at.channel, g.p, g.q, g.c);
                    Quad gradient = load(dy + from, at.count, wide);
                    QuadInt winner = load(argmax + from, at.count, wide, -1);
#pragma unroll
                    for (u32 j = 0; j < 4; j++)
                    {
                        sum.v[j] = chosen(winner.v[j] == self, sum.v[j] + gradient.v[j], sum.v[j]);
                    }
                }
            }

            store(dx + to, sum, at.count, wide);
        }
    });
}

// y[n,p,q,c] = sum of x over the window / divisor(p, q). Launch: as max_pool_forward. Bytes: 4*window + 4 an element of y. Order: ascending (h, w).
KERNEL mean_pool_forward(PoolShape g, float *y, const float *x, u32 samples)
{
    bool wide = g.c % 4 == 0 && aligned(y, x);
    u32 items = samples * (u32)g.p * (u32)g.q * quads_of((u32)g.c);
    choose(wide, [&](auto wide) {
        for (u32 i = global_thread(); i < items; i += all_threads())
        {
            Place at = place_of(i, (u32)g.p, (u32)g.q, (u32)g.c);
            int top = greater(at.row * g.stride_h - g.pad_h, 0), bottom = lesser(at.row * g.stride_h - g.pad_h + g.window_h, g.h);
            int left = greater(at.column * g.stride_w - g.pad_w, 0), right = lesser(at.column * g.stride_w - g.pad_w + g.window_w, g.w);
            Quad sum = {};
            for (int h = top; h < bottom; h++)
            {
#pragma unroll 4
                for (int w = left; w < right; w++)
                {
                    Quad a = load(x + index_of(at.n, h, w, at.channel, g.h, g.w, g.c), at.count, wide);
#pragma unroll
                    for (u32 j = 0; j < 4; j++)
                    {
                        sum.v[j] += a.v[j];
                    }
                }
            }

            float divisor = (float)divisor_of(g, at.row, at.column);
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                sum.v[j] = sum.v[j] / divisor;
            }

            store(y + index_of(at.n, at.row, at.column, at.channel, g.p, g.q, g.c), sum, at.count, wide);
        }
    });
}

// dx[n,h,w,c] = (accumulating: dx +) the sum of dy[n,p,q,c]/divisor(p, q) over the windows that (h, w) lies in. Launch: as max_pool_backward. Bytes:
// 4 an element of dx, 4 per element of dy and window, mostly from the cache. Order: ascending (p, q).
KERNEL mean_pool_backward(PoolShape g, float *dx, const float *dy, u32 samples, u32 accumulate)
{
    bool wide = g.c % 4 == 0 && aligned(dx, dy);
    u32 items = samples * (u32)g.h * (u32)g.w * quads_of((u32)g.c);
    choose(wide, [&](auto wide) {
        for (u32 i = global_thread(); i < items; i += all_threads())
        {
            Place at = place_of(i, (u32)g.h, (u32)g.w, (u32)g.c);
            Windows rows = windows_of(at.row, g.window_h, g.stride_h, g.pad_h, g.p);
            Windows columns = windows_of(at.column, g.window_w, g.stride_w, g.pad_w, g.q);
            u32 to = index_of(at.n, at.row, at.column, at.channel, g.h, g.w, g.c);
            Quad sum = {};
            if (accumulate != 0)
            {
                sum = load(dx + to, at.count, wide);
            }

            for (int p = rows.begin; p < rows.end; p++)
            {
                for (int q = columns.begin; q < columns.end; q++)
                {
                    Quad gradient = load(dy + index_of(at.n, p, q, at.channel, g.p, g.q, g.c), at.count, wide);
                    float divisor = (float)divisor_of(g, p, q);
#pragma unroll
                    for (u32 j = 0; j < 4; j++)
                    {
                        sum.v[j] += gradient.v[j] / divisor;
                    }
                }
            }

            store(dx + to, sum, at.count, wide);
        }
    });
}

// The parameter-free shortcut: windows with their corner at (p*stride, q*stride), clipped to the input; C channels within K.

// Mirrored by ShortcutShape in Msr.Cuda: the same integers in the same order.
struct ShortcutShape
{
    int h, w, c, k, p, q, stride, window, first_channel;
};

DEVICE bool moves_quads(const ShortcutShape &g) { return ((g.c | g.k | g.first_channel) & 3) == 0; }

// y[n,p,q,k] = mean of x[n,.,.,k - first] over the window, 0 for channels that x has not. Launch: a thread per quad of y, 256 a block, grid-stride.
// Bytes: 4 an element of y, 4 an element of x that is read. Order: ascending (h, w), from -0: a window of one element is copied.
KERNEL shortcut_forward(ShortcutShape g, float *y, const float *x, u32 samples)
{
    bool wide = moves_quads(g) && aligned(y, x);
    u32 items = samples * (u32)g.p * (u32)g.q * quads_of((u32)g.k);
    choose(wide, [&](auto wide) {
        for (u32 i = global_thread(); i < items; i += all_threads())
        {
            Place at = place_of(i, (u32)g.p, (u32)g.q, (u32)g.k);
            int c = at.channel - g.first_channel;
            int top = at.row * g.stride, bottom = lesser(top + g.window, g.h);
            int left = at.column * g.stride, right = lesser(left + g.window, g.w);
            bool whole = wide && c >= 0 && c < g.c;
            Quad sum = {{-0.0f, -0.0f, -0.0f, -0.0f}};
            for (int h = top; h < bottom; h++)
            {
                for (int w = left; w < right; w++)
                {
                    if (whole)
                    {
                        Quad a = load(x + index_of(at.n, h, w, c, g.h, g.w, g.c), 4u, true);
#pragma unroll
                        for (u32 j = 0; j < 4; j++)
                        {
                            sum.v[j] += a.v[j];
                        }
                    }
                    else if (!wide)
                    {
#pragma unroll
                        for (int j = 0; j < 4; j++)
                        {
                            if (c + j >= 0 && c + j < g.c)
                            {
                                sum.v[j] += x[index_of(at.n, h, w, c + j, g.h, g.w, g.c)];
                            }
                        }
                    }
                }
            }

            float elements = (float)((bottom - top) * (right - left));
#pragma unroll
            for (int j = 0; j < 4; j++)
            {
                sum.v[j] = c + j >= 0 && c + j < g.c ? sum.v[j] / elements : 0.0f;
            }

            store(y + index_of(at.n, at.row, at.column, at.channel, g.p, g.q, g.k), sum, at.count, wide);
        }
    });
}

// dx[n,h,w,c] = dy[n,p,q,first + c] / elements of the one window that (h, w) lies in, 0 outside of every window; added to dx when accumulating, which leaves
// what lies outside as it is. Launch: a thread per quad of dx, 256 a block, grid-stride. Bytes: 8 an element of dx. One term: any launch gives the same bits.
KERNEL shortcut_backward(ShortcutShape g, float *dx, const float *dy, u32 samples, u32 accumulate)
{
    bool wide = moves_quads(g) && aligned(dx, dy);
    u32 items = samples * (u32)g.h * (u32)g.w * quads_of((u32)g.c);
    choose(wide, [&](auto wide) {
        for (u32 i = global_thread(); i < items; i += all_threads())
        {
            Place at = place_of(i, (u32)g.h, (u32)g.w, (u32)g.c);
            int p = at.row / g.stride, q = at.column / g.stride;
            bool read = at.row - p * g.stride < g.window && at.column - q * g.stride < g.window;
            u32 to = index_of(at.n, at.row, at.column, at.channel, g.h, g.w, g.c);
            Quad gradient = {};
            if (read)
            {
                int rows = lesser(g.window, g.h - p * g.stride), columns = lesser(g.window, g.w - q * g.stride);
                float elements = (float)(rows * columns);
                gradient = load(dy + index_of(at.n, p, q, g.first_channel + at.channel, g.p, g.q, g.k), at.count, wide);
#pragma unroll
                for (u32 j = 0; j < 4; j++)
                {
                    gradient.v[j] = gradient.v[j] / elements;
                }
            }

            if (accumulate != 0 && read)
            {
                Quad old = load(dx + to, at.count, wide);
#pragma unroll
                for (u32 j = 0; j < 4; j++)
                {
                    gradient.v[j] = old.v[j] + gradient.v[j];
                }
            }

            if (accumulate == 0 || read)
            {
                store(dx + to, gradient, at.count, wide);
            }
        }
    });
}
