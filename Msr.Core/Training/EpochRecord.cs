using System.Collections.Immutable;
using Msr.Core.Backends;

namespace Msr.Core.Training;

/// <summary>What an epoch came to.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Step">Optimiser steps done at its end.</param>
/// <param name="Train">Losses and correct count of its training steps.</param>
/// <param name="Test">The test set's, if there is one.</param>
/// <param name="Validation">The validation set's, if there is one.</param>
/// <param name="LearningRate">The rate of its last step.</param>
/// <param name="ImagesPerSecond">Training speed, evaluation excluded, over all steps up to here and all sittings.</param>
/// <param name="MaxSliceMeanRatio">Largest distance from the isocline at a report so far; see <see cref="IsoclineDistance"/>.</param>
/// <param name="MeanShift">The mean-shift record, layer by layer.</param>
public sealed record EpochRecord(
    int Epoch,
    long Step,
    StepReport Train,
    StepReport? Test,
    StepReport? Validation,
    double LearningRate,
    double ImagesPerSecond,
    double MaxSliceMeanRatio,
    ImmutableArray<MeanShiftRecord> MeanShift);
