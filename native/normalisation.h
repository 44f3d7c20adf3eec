// Batch normalisation over rows of channels: launches and orders of sums as in channels.h.
#pragma once

// mean[c] = sum of x / rows, from the parts of channel_sums. Launch: a warp a channel. Bytes: 4*parts a channel.
KERNEL batch_norm_mean(float *mean, const float *partials, u32 channels, u32 parts, u32 rows)
{
    each_channel(channels, [=](u32 c) {
        float sum = total_of(partials, c, channels, parts, 0, 1);
        if (lane_of(threadIdx.x) == 0)
        {
            mean[c] = sum / (float)rows;
        }
    });
}

// partials[p,0,c] = sum of (x[r,c] - mean[c])^2 over the rows of part p: the variance needs a pass of its own, around the mean. Bytes: 4 an element.
KERNEL batch_norm_deviations(float *partials, const float *x, const float *mean, u32 rows, u32 channels, u32 rows_a_part)
{
    Channels at = stand(rows, channels, rows_a_part);
    bool wide = channels % 4u == 0 && aligned(x);
    Quad centre = load(mean + at.first, at.count, false);
    float sums[1][4] = {};
    choose(wide, [&](auto wide) {
#pragma unroll 4
        for (u32 row = at.row; row < at.end; row += at.step)
        {
            Quad q = load(x + row * channels + at.first, at.count, wide);
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                float d = q.v[j] - centre.v[j];
                sums[0][j] = fmaf(d, d, sums[0][j]);
            }
        }
    });

    store_partials<1>(partials, sums, at, channels);
}

// variance[c] = squares/rows; running = (1 - m)*running + m*(mean, squares/(rows - 1)), a single row counting with its biased variance.
// Launch: a warp a channel. Bytes: 4*parts a channel.
KERNEL batch_norm_variance(
    float *variance,
    float *running_mean,
    float *running_variance,
    const float *partials,
    const float *mean,
    u32 channels,
    u32 parts,
    u32 rows,
    float momentum)
{
    each_channel(channels, [=](u32 c) {
        float squares = total_of(partials, c, channels, parts, 0, 1);
        if (lane_of(threadIdx.x) == 0)
        {
            float biased = squares / (float)rows;
            float unbiased = rows > 1u ? squares / ((float)rows - 1.0f) : biased;
            variance[c] = biased;
            running_mean[c] = (1.0f - momentum) * running_mean[c] + momentum * mean[c];
            running_variance[c] = (1.0f - momentum) * running_variance[c] + momentum * unbiased;
        }
    });
}

DEVICE Quad deviation_of(const float *variance, const Channels &at, float epsilon)
{
    Quad d = load(variance + at.first, at.count, false, 1.0f);
#pragma unroll
    for (u32 j = 0; j < 4; j++)
    {
        d.v[j] = sqrtf(d.v[j] + epsilon);
    }

    return d;
}

// y[r,c] = gamma[c]*((x[r,c] - mean[c])/sqrt(variance[c] + epsilon)) + beta[c]. Bytes: 8 an element. Element by element: any launch gives the same bits.
KERNEL batch_norm_normalize(
    float *y,
    const float *x,
    const float *gamma,
    const float *beta,
    const float *mean,
    const float *variance,
    u32 rows,
    u32 channels,
    u32 rows_a_part,
    float epsilon)
{
    Channels at = stand(rows, channels, rows_a_part);
    Quad scales = load(gamma + at.first, at.count, false), shifts = load(beta + at.first, at.count, false);
    Quad centre = load(mean + at.first, at.count, false), deviation = deviation_of(variance, at, epsilon);
    each_row(y, x, at, channels, channels % 4u == 0 && aligned(y, x), [=](float v, u32 j) {
        return scales.v[j] * ((v - centre.v[j]) / deviation.v[j]) + shifts.v[j];
    });
}

// partials[p,0,c] = sum of dy and partials[p,1,c] = sum of dy*(x - mean)/sqrt(variance + epsilon) over the rows of part p. Bytes: 8 an element.
KERNEL batch_norm_products(
    float *partials,
    const float *x,
    const float *dy,
    const float *mean,
    const float *variance,
    u32 rows,
    u32 channels,
    u32 rows_a_part,
    float epsilon)
{
    Channels at = stand(rows, channels, rows_a_part);
    bool wide = channels % 4u == 0 && aligned(x, dy);
    Quad centre = load(mean + at.first, at.count, false), deviation = deviation_of(variance, at, epsilon);
    float sums[2][4] = {};
    choose(wide, [&](auto wide) {
#pragma unroll 2
        for (u32 row = at.row; row < at.end; row += at.step)
        {
            u32 i = row * channels + at.first;
            Quad q = load(x + i, at.count, wide), gradient = load(dy + i, at.count, wide);
#pragma unroll
            for (u32 j = 0; j < 4; j++)
            {
                sums[0][j] += gradient.v[j];
                sums[1][j] = fmaf(gradient.v[j], (q.v[j] - centre.v[j]) / deviation.v[j], sums[1][j]);
            }
        }
    });

    store_partials<2>(partials, sums, at, channels);
}

// dgamma[c] += sum of dy*normalised x, dbeta[c] += sum of dy; both sums alone go to totals [2, C], that of dy first, for batch_norm_backward.
// Launch: a warp a channel. Bytes: 8*parts a channel.
KERNEL batch_norm_gradients(float *dgamma, float *dbeta, float *totals, const float *partials, u32 channels, u32 parts)
{
    each_channel(channels, [=](u32 c) {
        float sum = total_of(partials, c, channels, parts, 0, 2), product = total_of(partials, c, channels, parts, 1, 2);
        if (lane_of(threadIdx.x) == 0)
        {
            totals[c] = sum;
            totals[channels + c] = product;
            dbeta[c] += sum;
            dgamma[c] += product;
        }
    });
}

// dx = gamma/s*(dy - (totals[0,c]/rows + (x - mean)/s*(totals[1,c]/rows))) with s = sqrt(variance + epsilon); gamma/s*dy with fixed statistics.
// Bytes: 12 an element. Element by element: any launch gives the same bits.
KERNEL batch_norm_backward(
    float *dx,
    const float *x,
    const float *dy,
    const float *gamma,
    const float *mean,
    const float *variance,
    const float *totals,
    u32 rows,
    u32 channels,
    u32 rows_a_part,
    float epsilon,
    u32 fixed_statistics)
{
    Channels at = stand(rows, channels, rows_a_part);
    bool wide = channels % 4u == 0 && aligned(dx, x, dy);
    Quad centre = load(mean + at.first, at.count, false), deviation = deviation_of(variance, at, epsilon);
    Quad slope = load(gamma + at.first, at.count, false);
    Quad sum = load(totals + at.first, at.count, false), product = load(totals + channels + at.first, at.count, false);
#pragma unroll
    for (u32 j = 0; j < 4; j++)
    {
        slope.v[j] = slope.v[j] / deviation.v[j];
        sum.v[j] = sum.v[j] / (float)rows;
        product.v[j] = product.v[j] / (float)rows;
    }

    choose(fixed_statistics != 0, [&](auto fixed) {
        choose(wide, [&](auto wide) {
#pragma unroll 2
            for (u32 row = at.row; row < at.end; row += at.step)
            {
                u32 i = row * channels + at.first;
                Quad q = load(x + i, at.count, wide), gradient = load(dy + i, at.count, wide);
#pragma unroll
                for (u32 j = 0; j < 4; j++)
                {
                    float common = fixed ? 0.0f : sum.v[j] + (q.v[j] - centre.v[j]) / deviation.v[j] * product.v[j];
                    gradient.v[j] = slope.v[j] * (gradient.v[j] - common);
                }

                store(dx + i, gradient, at.count, wide);
            }
        });
    });
}
