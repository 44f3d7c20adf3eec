// exp, log and a cosine from +, *, / and fma alone: there is no libdevice without a toolkit, and the bits are the same on every device.
#pragma once

// e^x within 1 ulp. x = n*ln 2 + r with |r| <= ln(2)/2, and e^r = 1 + r + r^2*p(r). NaN passes; beyond the range it gives infinity and 0.
DEVICE float exp_of(float x)
{
    const float magic = 12582912.0f; // 1.5 * 2^23: adding it rounds to an integer, which then stands in the low bits.
    x = x > 89.0f ? 89.0f : x;       // Comparisons, not min and max: these would swallow a NaN.
    x = x < -105.0f ? -105.0f : x;
    float shifted = fmaf(x, 1.44269502f, magic);
    int n = (int)(__float_as_uint(shifted) - 0x4b400000u);
    float whole = shifted - magic;
    float high = fmaf(whole, -0.693145752f, x);
    float low = whole * 1.42860677e-6f;
    float r = high - low;
    float lost = (high - r) - low; // What r was rounded by.
    float p = 1.98412698e-4f;
    p = fmaf(p, r, 1.38888889e-3f);
    p = fmaf(p, r, 8.33333333e-3f);
    p = fmaf(p, r, 4.16666667e-2f);
    p = fmaf(p, r, 1.66666667e-1f);
    p = fmaf(p, r, 0.5f);
    float first = 1.0f + r;
    float e = first + ((r - (first - 1.0f)) + fmaf(r * r, p, lost));

    // 2^n in two factors: neither leaves the range of exponents, and a subnormal result rounds once.
    int half = n >> 1;
    return e * __uint_as_float((u32)(half + 127) << 23) * __uint_as_float((u32)(n - half + 127) << 23);
}

// ln x within 1 ulp. x = 2^n*(1 + f) with 1 + f between sqrt(1/2) and sqrt(2); ln(1 + f) = 2*atanh(s), s = f/(2 + f).
// NaN and infinity pass, 0 gives -infinity, and what is below 0 NaN.
DEVICE float log_of(float x)
{
    const float infinity = __uint_as_float(0x7f800000u);
    float scaled = x < 1.17549435e-38f ? x * 8388608.0f : x; // Subnormal numbers have no exponent of their own.
    u32 bits = __float_as_uint(scaled);
    int n = (int)(bits - 0x3f3504f3u) >> 23;
    float f = __uint_as_float(bits - ((u32)n << 23)) - 1.0f;
    float s = f / (2.0f + f);
    float z = s * s;
    float tail = fmaf(fmaf(fmaf(0.24279079f, z, 0.28498787f), z, 0.40000972f), z, 0.66666663f) * z;
    float half = 0.5f * f * f;
    float power = (float)(scaled != x ? n - 23 : n);
    float low = fmaf(s, half + tail, power * 1.42860677e-6f);
    float result = fmaf(power, 0.693145752f, f - (half - low));
    result = x < infinity ? result : x;
    result = x == 0.0f ? -infinity : result;
    return x < 0.0f ? infinity - infinity : result;
}

// ln u within 2 ulp for u from 2^-1022, in float64, by the series of 2*atanh(s), |s| < 0.172.
DEVICE double log_of(double u)
{
    u64 bits = (u64)__double_as_longlong(u);
    int n = (int)((long long)(bits - 0x3fe6a09e667f3bcdull) >> 52);
    double f = __longlong_as_double((long long)(bits - ((u64)(long long)n << 52))) - 1.0;
    double s = f / (2.0 + f);
    double z = s * s;
    double p = 2.0 / 23.0;
    p = fma(p, z, 2.0 / 21.0);
    p = fma(p, z, 2.0 / 19.0);
    p = fma(p, z, 2.0 / 17.0);
    p = fma(p, z, 2.0 / 15.0);
    p = fma(p, z, 2.0 / 13.0);
    p = fma(p, z, 2.0 / 11.0);
    p = fma(p, z, 2.0 / 9.0);
    p = fma(p, z, 2.0 / 7.0);
    p = fma(p, z, 2.0 / 5.0);
    p = fma(p, z, 2.0 / 3.0);
    double half = 0.5 * f * f;
    double power = (double)n;
    double low = fma(s, fma(p, z, half), power * 1.90821492927058770002e-10);
    return fma(power, 6.93147180369123816490e-01, f - (half - low));
}

// cos(2*pi*u) within 2 ulp for u in [0, 1), in float64. The quarter is split off exactly, so no large angle is ever reduced.
DEVICE double cos_turn_of(double u)
{
    int quarter = (int)(4.0 * u + 0.5);
    double r = (u - 0.25 * (double)quarter) * 6.283185307179586477;
    double z = r * r;
    double s = 1.0 / 355687428096000.0;
    s = fma(s, z, -1.0 / 1307674368000.0);
    s = fma(s, z, 1.0 / 6227020800.0);
    s = fma(s, z, -1.0 / 39916800.0);
    s = fma(s, z, 1.0 / 362880.0);
    s = fma(s, z, -1.0 / 5040.0);
    s = fma(s, z, 1.0 / 120.0);
    s = fma(s, z, -1.0 / 6.0);
    double sine = fma(s * z, r, r);
    double c = 1.0 / 20922789888000.0;
    c = fma(c, z, -1.0 / 87178291200.0);
    c = fma(c, z, 1.0 / 479001600.0);
    c = fma(c, z, -1.0 / 3628800.0);
    c = fma(c, z, 1.0 / 40320.0);
    c = fma(c, z, -1.0 / 720.0);
    c = fma(c, z, 1.0 / 24.0);
    double half = 0.5 * z;
    double cosine = (1.0 - half) + fma(c, z * z, (1.0 - (1.0 - half)) - half);
    double value = (quarter & 1) != 0 ? sine : cosine;
    return quarter == 1 || quarter == 2 ? -value : value;
}
