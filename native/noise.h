// Noise per (sample, channel), drawn by counter with Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC'11).
#pragma once

struct Words
{
    u32 a, b, c, d;
};

// The four words at counter (a, b, c, d) under a key, low word first.
DEVICE Words philox(Words at, u64 key)
{
    u32 k0 = (u32)key, k1 = (u32)(key >> 32);
#pragma unroll
    for (u32 round = 0; round < 10; round++)
    {
        u32 high_a = __umulhi(0xd2511f53u, at.a), low_a = 0xd2511f53u * at.a;
        u32 high_c = __umulhi(0xcd9e8d57u, at.c), low_c = 0xcd9e8d57u * at.c;
        at = Words{high_c ^ at.b ^ k0, low_c, high_a ^ at.d ^ k1, low_a};
        k0 += 0x9e3779b9u;
        k1 += 0xbb67ae85u;
    }

    return at;
}

#define GAUSSIAN 1u
#define SHIFT 2u

// z of one map: uniform on the grid of 2^-23 in [-1, 1), exact; or standard normal, evaluated in float64 and rounded last.
DEVICE float draw(u32 distribution, u32 step, u32 site, u32 sample, u32 channel, u64 key)
{
    Words words = philox(Words{step, site, sample, channel}, key);
    if (distribution != GAUSSIAN)
    {
        return (float)(words.a >> 8) * 1.1920928955078125e-7f - 1.0f;
    }

    const double grid = 5.9604644775390625e-8;
    double radius = sqrt(-2.0 * log_of((double)((words.a >> 8) + 1u) * grid));
    return (float)(radius * cos_turn_of((double)(words.b >> 8) * grid));
}

#define MAPS 1024u

// y = x*(1 + d*z) or x + d*z with one z for each (sample, channel), z drawn at (step, site, sample, channel); d = 0 gives x, bit for bit. y may be x.
// x [samples, rows, C]. Launch: block = sample*parts + part, rows_a_part rows to a part; a block draws for up to 1024 channels at once. Bytes: 8 an element.
// Element by element, draws by counter: any launch gives the same bits.
KERNEL noise_apply(
    float *y,
    const float *x,
    const int *indices,
    const int *step,
    const float *strength,
    u32 rows,
    u32 channels,
    u32 parts,
    u32 rows_a_part,
    u32 distribution,
    u32 site,
    u64 key)
{
    __shared__ float z[MAPS];
    u32 sample = blockIdx.x / parts, begin = blockIdx.x % parts * rows_a_part, end = lesser(rows, begin + rows_a_part);
    u32 start = sample * rows * channels, index = (u32)indices[sample], now = (u32)step[0];
    float d = strength[0];
    bool wide = channels % 4u == 0 && aligned(y, x);
    for (u32 first = 0; first < channels; first += MAPS)
    {
        u32 width = lesser(MAPS, channels - first), quads = quads_of(width);
        if (d != 0.0f)
        {
            for (u32 c = threadIdx.x; c < width; c += THREADS)
            {
                z[c] = draw(distribution, now, site, index, first + c, key);
            }
        }

        __syncthreads();
        choose(wide, [&](auto wide) {
            for (u32 i = threadIdx.x; i < (end - begin) * quads; i += THREADS)
            {
                u32 c = 4u * (i % quads), count = lesser(4u, width - c), place = start + (begin + i / quads) * channels + first + c;
                Quad a = load(x + place, count, wide);
                if (d != 0.0f) // -0 + 0 would be +0, and without noise not a bit may change.
                {
#pragma unroll
                    for (u32 j = 0; j < 4; j++)
                    {
                        if (j < count)
                        {
                            float push = d * z[c + j];
                            a.v[j] = distribution == SHIFT ? a.v[j] + push : a.v[j] * (1.0f + push);
                        }
                    }
                }

                store(y + place, a, count, wide);
            }
        });
        __syncthreads(); // The next channels are drawn where these are still read.
    }
}
