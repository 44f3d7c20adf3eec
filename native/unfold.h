// A convolution as a matrix product: windows unfolded to rows (im2col), and gradients of rows folded back (col2im), for the samples of one chunk
// and the channels of one group. Columns are tap-major, [(n,p,q), (r,s,c)], as filters [k, (r,s,c)] are.
#pragma once

// Mirrored by ConvShape in Msr.Cuda: the same integers in the same order. mode: 0 zeros, 1 replicate, 2 reflect.
struct ConvShape
{
    int h, w, c, group_c, r, s, p, q, stride_h, stride_w, pad_top, pad_left, dilation_h, dilation_w, mode;
};

// The element that stands at a position of the padded axis, -1 for a padded zero.
DEVICE int source_of(int position, int extent, int mode)
{
    if (position >= 0 && position < extent)
    {
        return position;
    }

    return mode == 0 ? -1 : mode == 1 ? (position < 0 ? 0 : extent - 1) : position < 0 ? -position : 2 * (extent - 1) - position;
}

// The positions of the padded axis that read one element: `count` candidates, some of which may lie beyond the padding and meet no tap.
struct Images
{
    int first;
    int count;
};

// `last` is the last position that any tap reads.
DEVICE Images images_of(int element, int extent, int pad, int last, int mode)
{
    Images at = {element, mode == 2 ? 3 : 1};
    if (mode == 1)
    {
        at.first = element == 0 ? -pad : element;
        at.count = (element == extent - 1 ? greater(last, element) : element) - at.first + 1;
    }

    return at;
}

// Candidate v; an image that is the element itself is put where no tap reaches, so that nothing counts twice.
DEVICE int image(const Images &at, int v, int extent, int mode, int nowhere)
{
    if (mode != 2 || v == 0)
    {
        return at.first + v;
    }

    int position = v == 1 ? -at.first : 2 * (extent - 1) - at.first;
    return position == at.first ? nowhere : position;
}

// The window that meets a position with a tap, -1 where there is none. `reach` is the position counted from the padding, less the tap's own.
DEVICE int window_at(int reach, int stride, int windows)
{
    int window = reach / stride;
    return reach >= 0 && window * stride == reach && window < windows ? window : -1;
}

// columns[(n,p,q), (r,s,c)] = x[n, source(p,r), source(q,s), first + c], 0 in zero padding. Launch: a thread per quad of a tap's channels, 256 a block,
// grid-stride. Bytes: 4 an element of columns, and x R*S times, mostly from the cache. No rounding.
KERNEL im2col(ConvShape g, float *columns, const float *x, u32 samples, u32 first_channel)
{
    bool wide = (((u32)g.group_c | (u32)g.c | first_channel) & 3u) == 0 && aligned(columns, x);
    u32 taps = (u32)(g.r * g.s), quads = quads_of((u32)g.group_c);
    u32 items = samples * (u32)g.p * (u32)g.q * taps * quads;
    choose(wide, [&](auto wide) {
        for (u32 i = global_thread(); i < items; i += all_threads())
        {
            u32 channel = 4u * (i % quads), rest = i / quads;
            u32 tap = rest % taps, window = rest / taps;
            int r = (int)(tap / (u32)g.s), s = (int)(tap % (u32)g.s);
            int q = (int)(window % (u32)g.q);
            u32 above = window / (u32)g.q;
            int p = (int)(above % (u32)g.p);
            u32 n = above / (u32)g.p, count = lesser(4u, (u32)g.group_c - channel);
            int h = source_of(p * g.stride_h - g.pad_top + r * g.dilation_h, g.h, g.mode);
            int w = source_of(q * g.stride_w - g.pad_left + s * g.dilation_w, g.w, g.mode);
            Quad a = {};
            if (h >= 0 && w >= 0)
            {
                a = load(x + index_of(n, h, w, (int)(first_channel + channel), g.h, g.w, g.c), count, wide);
            }

            store(columns + rest * (u32)g.group_c + channel, a, count, wide);
        }
    });
}

// dx[n,h,w,first + c] = (accumulating: dx +) the sum of columns[(n,p,q), (r,s,c)] over all windows and taps that read (h, w), through padding too. Launch: a
// thread per quad of a pixel's channels in the group, 256 a block, grid-stride. Bytes: 4 an element of columns, 4 an element of dx. Order: images of the row,
// r, images of the column, s; the element itself before its images.
KERNEL col2im(ConvShape g, float *dx, const float *columns, u32 samples, u32 first_channel, u32 accumulate)
{
    bool wide = (((u32)g.group_c | (u32)g.c | first_channel) & 3u) == 0 && aligned(dx, columns);
    int last_h = (g.p - 1) * g.stride_h - g.pad_top + (g.r - 1) * g.dilation_h;
    int last_w = (g.q - 1) * g.stride_w - g.pad_left + (g.s - 1) * g.dilation_w;
    u32 width = (u32)(g.r * g.s * g.group_c);
    u32 items = samples * (u32)g.h * (u32)g.w * quads_of((u32)g.group_c);
    choose(wide, [&](auto wide) {
        for (u32 i = global_thread(); i < items; i += all_threads())
        {
            Place at = place_of(i, (u32)g.h, (u32)g.w, (u32)g.group_c);
            Images rows = images_of(at.row, g.h, g.pad_top, last_h, g.mode), sides = images_of(at.column, g.w, g.pad_left, last_w, g.mode);
            Quad sum = {};
            for (int v = 0; v < rows.count * g.r; v++)
            {
                int r = v % g.r;
                int p = window_at(image(rows, v / g.r, g.h, g.mode, last_h + 1) + g.pad_top - r * g.dilation_h, g.stride_h, g.p);
                for (int u = 0; p >= 0 && u < sides.count * g.s; u++)
                {
                    int s = u % g.s;
                    int q = window_at(image(sides, u / g.s, g.w, g.mode, last_w + 1) + g.pad_left - s * g.dilation_w, g.stride_w, g.q);
                    if (q >= 0)
                    {
                        u32 row = (at.n * (u32)g.p + (u32)p) * (u32)g.q + (u32)q;
                        Quad a = load(columns + row * width + (u32)((r * g.s + s) * g.group_c + at.channel), at.count, wide);
#pragma unroll
                        for (u32 j = 0; j < 4; j++)
                        {
                            sum.v[j] += a.v[j];
                        }
                    }
                }
            }

            u32 to = index_of(at.n, at.row, at.column, (int)first_channel + at.channel, g.h, g.w, g.c);
            if (accumulate != 0)
            {
                Quad old = load(dx + to, at.count, wide);
#pragma unroll
                for (u32 j = 0; j < 4; j++)
                {
                    sum.v[j] = old.v[j] + sum.v[j];
                }
            }

            store(dx + to, sum, at.count, wide);
        }
    });
}
