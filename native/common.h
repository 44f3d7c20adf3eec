// What all families share: quads of elements, the grid-stride loop, and sums over a warp and over a block.
#pragma once

typedef unsigned int u32;
typedef unsigned long long u64;

#define THREADS 256u
#define WARPS 8u
#define LANES 32u
#define EVERY_LANE 0xffffffffu
#define KERNEL extern "C" __global__ void __launch_bounds__(256)
#define DEVICE static __device__ __forceinline__

// Four neighbouring elements: 16 bytes, the most that one thread moves at once.
struct Quad
{
    float v[4];
};

struct QuadInt
{
    int v[4];
};

DEVICE bool aligned(const void *a) { return ((u64)a & 15u) == 0; }
DEVICE bool aligned(const void *a, const void *b) { return (((u64)a | (u64)b) & 15u) == 0; }
DEVICE bool aligned(const void *a, const void *b, const void *c) { return (((u64)a | (u64)b | (u64)c) & 15u) == 0; }

// A loop is compiled once for quads and once for single elements: a choice within the loop lets compilers merge a load of one path with one of the other, and
// split the word.
template <bool VALUE>
struct Choice
{
    __device__ __forceinline__ constexpr operator bool() const { return VALUE; }
};

template <class F>
DEVICE void choose(bool value, F f)
{
    if (value)
    {
        f(Choice<true>());
    }
    else
    {
        f(Choice<false>());
    }
}

// `count` of the four elements exist. Whether they move as one word or one by one never changes a value.
DEVICE Quad load(const float *p, u32 count, bool wide, float otherwise = 0.0f)
{
    if (wide)
    {
        float4 q = *(const float4 *)p;
        return Quad{{q.x, q.y, q.z, q.w}};
    }

    Quad q;
#pragma unroll
    for (u32 j = 0; j < 4; j++)
    {
        q.v[j] = j < count ? p[j] : otherwise;
    }

    return q;
}

DEVICE void store(float *p, const Quad &q, u32 count, bool wide)
{
    if (wide)
    {
        *(float4 *)p = make_float4(q.v[0], q.v[1], q.v[2], q.v[3]);
        return;
    }

#pragma unroll
    for (u32 j = 0; j < 4; j++)
    {
        if (j < count)
        {
            p[j] = q.v[j];
        }
    }
}

DEVICE QuadInt load(const int *p, u32 count, bool wide, int otherwise)
{
    if (wide)
    {
        int4 q = *(const int4 *)p;
        return QuadInt{{q.x, q.y, q.z, q.w}};
    }

    QuadInt q;
#pragma unroll
    for (u32 j = 0; j < 4; j++)
    {
        q.v[j] = j < count ? p[j] : otherwise;
    }

    return q;
}

DEVICE void store(int *p, const QuadInt &q, u32 count, bool wide)
{
    if (wide)
    {
        *(int4 *)p = make_int4(q.v[0], q.v[1], q.v[2], q.v[3]);
        return;
    }

#pragma unroll
    for (u32 j = 0; j < 4; j++)
    {
        if (j < count)
        {
            p[j] = q.v[j];
        }
    }
}

// Both values are computed, so that no load is left to a branch.
DEVICE float chosen(bool first, float a, float b) { return first ? a : b; }

DEVICE u32 lesser(u32 a, u32 b) { return a < b ? a : b; }
DEVICE int lesser(int a, int b) { return a < b ? a : b; }
DEVICE int greater(int a, int b) { return a > b ? a : b; }
DEVICE u32 quads_of(u32 elements) { return (elements + 3u) / 4u; }
DEVICE u32 lane_of(u32 thread) { return thread & (LANES - 1u); }
DEVICE u32 warp_of(u32 thread) { return thread / LANES; }
DEVICE u32 global_thread() { return blockIdx.x * THREADS + threadIdx.x; }
DEVICE u32 all_threads() { return gridDim.x * THREADS; }

// Butterflies: every lane ends with the same bits, as a + b = b + a.
DEVICE float warp_sum(float value)
{
#pragma unroll
    for (u32 lanes = 16; lanes > 0; lanes >>= 1)
    {
        value += __shfl_xor_sync(EVERY_LANE, value, lanes);
    }

    return value;
}

DEVICE int warp_sum(int value)
{
#pragma unroll
    for (u32 lanes = 16; lanes > 0; lanes >>= 1)
    {
        value += __shfl_xor_sync(EVERY_LANE, value, lanes);
    }

    return value;
}

// The largest number; NaN is passed over.
DEVICE float warp_max(float value)
{
#pragma unroll
    for (u32 lanes = 16; lanes > 0; lanes >>= 1)
    {
        float other = __shfl_xor_sync(EVERY_LANE, value, lanes);
        value = other > value ? other : value;
    }

    return value;
}

// Sum over the block, for every thread: a butterfly in each warp, then the warps in order.
template <class T>
DEVICE T block_sum(T value)
{
    __shared__ T parts[WARPS];
    value = warp_sum(value);
    __syncthreads(); // The sum before this one may still be read.
    if (lane_of(threadIdx.x) == 0)
    {
        parts[warp_of(threadIdx.x)] = value;
    }

    __syncthreads();
    T sum = parts[0];
#pragma unroll
    for (u32 w = 1; w < WARPS; w++)
    {
        sum += parts[w];
    }

    return sum;
}
