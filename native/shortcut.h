// The parameter-free shortcut, channels last: windows with their corner at (p*stride, q*stride), clipped to the input; C channels within K.
#pragma once

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
