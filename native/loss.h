// Softmax cross-entropy over rows of logits [rows, K], a warp a row: lanes take every 32nd class, then a butterfly. Orders follow from K alone.
#pragma once

// The shift and the sum that make a softmax.
struct Softmax
{
    float max;
    float sum;
};

DEVICE Softmax softmax_of(const float *row, u32 classes)
{
    Softmax of;
    of.max = -__uint_as_float(0x7f800000u);
    for (u32 k = lane_of(threadIdx.x); k < classes; k += LANES)
    {
        of.max = row[k] > of.max ? row[k] : of.max; // A NaN is passed over here, and comes back through the sum.
    }

    of.max = warp_max(of.max);
    of.sum = 0.0f;
    for (u32 k = lane_of(threadIdx.x); k < classes; k += LANES)
    {
        of.sum += exp_of(row[k] - of.max);
    }

    of.sum = warp_sum(of.sum);
    return of;
}

DEVICE u32 first_row() { return warp_of(global_thread()); }
DEVICE u32 all_warps() { return all_threads() / LANES; }

// loss[n] = sum over k of t_k*(log S - (z_k - max z)), S = sum of exp(z_k - max z); t is `target` at the label and `other` elsewhere, and 0*log 0 = 0. Launch:
// a warp a row, 8 a block, grid-stride. Bytes: 4*K + 8 a row.
KERNEL loss_forward(float *loss, const float *logits, const int *labels, u32 rows, u32 classes, float target, float other)
{
    for (u32 n = first_row(); n < rows; n += all_warps())
    {
        const float *row = logits + n * classes;
        Softmax of = softmax_of(row, classes);
        float logarithm = log_of(of.sum), sum = 0.0f;
        u32 label = (u32)labels[n];
        for (u32 k = lane_of(threadIdx.x); k < classes; k += LANES)
        {
            float t = k == label ? target : other;
            if (t != 0.0f) // A logit of -infinity costs nothing unless it is wanted.
            {
                sum += t * (logarithm - (row[k] - of.max));
            }
        }

        sum = warp_sum(sum);
        if (lane_of(threadIdx.x) == 0)
        {
            loss[n] = sum;
        }
    }
}

// dlogits[n,k] = scale[0]*(exp(z_k - max z)/S - t_k). Launch: as loss_forward. Bytes: 8*K + 4 a row.
KERNEL loss_backward(
    float *dlogits, const float *logits, const int *labels, const float *scale, u32 rows, u32 classes, float target, float other)
{
    float factor = scale[0];
    for (u32 n = first_row(); n < rows; n += all_warps())
    {
        const float *row = logits + n * classes;
        Softmax of = softmax_of(row, classes);
        u32 label = (u32)labels[n];
        for (u32 k = lane_of(threadIdx.x); k < classes; k += LANES)
        {
            dlogits[n * classes + k] = factor * (exp_of(row[k] - of.max) / of.sum - (k == label ? target : other));
        }
    }
}

// The place of the first largest logit, -1 where one is NaN, for every lane of the warp.
DEVICE int first_largest(const float *row, u32 classes)
{
    u32 lane = lane_of(threadIdx.x);
    int best = (int)lane, nans = 0;
    float value = -__uint_as_float(0x7f800000u);
    for (u32 k = lane; k < classes; k += LANES)
    {
        float candidate = row[k];
        nans |= candidate != candidate ? 1 : 0;
        if (candidate > value)
        {
            value = candidate;
            best = (int)k;
        }
    }

#pragma unroll
    for (u32 lanes = 16; lanes > 0; lanes >>= 1)
    {
        float other = __shfl_xor_sync(EVERY_LANE, value, lanes);
        int place = __shfl_xor_sync(EVERY_LANE, best, lanes);
        nans |= __shfl_xor_sync(EVERY_LANE, nans, lanes);
        bool wins = other > value || (other == value && place < best);
        value = wins ? other : value;
        best = wins ? place : best;
    }

    return nans != 0 ? -1 : best;
}

// counts[block] = how many of the block's rows have their first largest logit at their label. Launch: a warp a row, 8 a block, grid-stride. Bytes: 4*K + 4 a
// row. Integers: any launch gives the same total.
KERNEL count_correct(int *counts, const float *logits, const int *labels, u32 rows, u32 classes)
{
    int correct = 0;
    for (u32 n = first_row(); n < rows; n += all_warps())
    {
        int place = first_largest(logits + n * classes, classes);
        correct += lane_of(threadIdx.x) == 0 && place == labels[n] ? 1 : 0;
    }

    int sum = block_sum(correct);
    if (threadIdx.x == 0)
    {
        counts[blockIdx.x] = sum;
    }
}

// count[0] = sum of counts. Launch: one block. Bytes: 4 a part.
KERNEL count_total(int *count, const int *counts, u32 parts)
{
    int correct = 0;
    for (u32 part = threadIdx.x; part < parts; part += THREADS)
    {
        correct += counts[part];
    }

    int sum = block_sum(correct);
    if (threadIdx.x == 0)
    {
        count[0] = sum;
    }
}
