// What a CUDA toolkit would bring: the built-in names of CUDA C++ that the kernels use, for clang without a toolkit. Empty under nvcc.
#pragma once
#if !defined(__NVCC__) && !defined(__CUDACC_RTC__)

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))

// Coordinates are properties, so that they are read where they are used, as under nvcc.
struct compat_thread_t
{
    static __device__ __forceinline__ unsigned read_x() { return __nvvm_read_ptx_sreg_tid_x(); }
    __declspec(property(get = read_x)) unsigned x;
};

struct compat_block_t
{
    static __device__ __forceinline__ unsigned read_x() { return __nvvm_read_ptx_sreg_ctaid_x(); }
    static __device__ __forceinline__ unsigned read_y() { return __nvvm_read_ptx_sreg_ctaid_y(); }
    __declspec(property(get = read_x)) unsigned x;
    __declspec(property(get = read_y)) unsigned y;
};

struct compat_grid_t
{
    static __device__ __forceinline__ unsigned read_x() { return __nvvm_read_ptx_sreg_nctaid_x(); }
    __declspec(property(get = read_x)) unsigned x;
};

#define threadIdx (compat_thread_t())
#define blockIdx (compat_block_t())
#define gridDim (compat_grid_t())

typedef float float4 __attribute__((ext_vector_type(4)));
typedef int int4 __attribute__((ext_vector_type(4)));

static __device__ __forceinline__ float4 make_float4(float x, float y, float z, float w) { return float4{x, y, z, w}; }
static __device__ __forceinline__ int4 make_int4(int x, int y, int z, int w) { return int4{x, y, z, w}; }

static __device__ __forceinline__ float __shfl_xor_sync(unsigned mask, float value, unsigned lanes)
{
    return __nvvm_shfl_sync_bfly_f32(mask, value, lanes, 0x1f);
}

static __device__ __forceinline__ int __shfl_xor_sync(unsigned mask, int value, unsigned lanes)
{
    return __nvvm_shfl_sync_bfly_i32(mask, value, lanes, 0x1f);
}

static __device__ __forceinline__ float fmaf(float a, float b, float c) { return __nvvm_fma_rn_f(a, b, c); }
static __device__ __forceinline__ double fma(double a, double b, double c) { return __nvvm_fma_rn_d(a, b, c); }
static __device__ __forceinline__ float sqrtf(float a) { return __nvvm_sqrt_rn_f(a); }
static __device__ __forceinline__ double sqrt(double a) { return __nvvm_sqrt_rn_d(a); }
static __device__ __forceinline__ float __uint_as_float(unsigned bits) { return __builtin_bit_cast(float, bits); }
static __device__ __forceinline__ unsigned __float_as_uint(float value) { return __builtin_bit_cast(unsigned, value); }
static __device__ __forceinline__ double __longlong_as_double(long long bits) { return __builtin_bit_cast(double, bits); }
static __device__ __forceinline__ long long __double_as_longlong(double value) { return __builtin_bit_cast(long long, value); }
static __device__ __forceinline__ unsigned __umulhi(unsigned a, unsigned b) { return __nvvm_mulhi_ui(a, b); }

#endif
