using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu;
using PropertyTests.Training;

namespace PropertyTests.Cpu;

/// <summary>
/// Gradients of a batch are those of its partitions, added up by a binary tree over their index: worked out here level by level from gradients of
/// partitions that ran alone.
/// </summary>
public sealed class PartitionSumTests
{
    // Without scales, whose gradients are made of the sums, every gradient is a sum itself.
    private static readonly Network s_network =
        ModelCatalog.Create("resnet8", new Shape(8, 8, 3), 5, new ModelOptions { Width = 4, Style = ConvolutionStyle.Plain });

    public static TheoryData<int, int> PartitionsAndThreads
    {
        get
        {
            TheoryData<int, int> data = [];
            for (int partitions = 1; partitions <= 16; partitions++)
            {
                data.Add(partitions, 1 + (partitions % 3));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(PartitionsAndThreads))]
    public void Gradients_are_added_up_by_the_tree(int partitions, int threads)
    {
        Check<float>(partitions, threads);
        Check<double>(partitions, threads);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(8, 8)]
    [InlineData(8, 5)]
    [InlineData(4, 1)]
    public void A_subtree_summed_elsewhere_gives_the_same_bits(int first, int second)
    {
        // The first is a power of two, so each half is a subtree by itself: two machines could have summed them.
        int all = first + second;
        double[] left = Gradients<double>(0, first, all, 2), right = Gradients<double>(first, second, all, 3), whole = Gradients<double>(0, all, all, 1);
        Assert.Equal(whole, left.Zip(right, static (a, b) => a + b));
    }

    [Fact]
    public void A_second_batch_is_added_to_the_sum_of_the_first()
    {
        float[] first = Gradients<float>(0, 5, 11, 2), second = Gradients<float>(5, 6, 11, 2);
        using CpuBackend<float> backend = new(2, microBatch: 1);
        using IExecutable<float> executable = Open(backend, 6);
        executable.Step(Samples<float>(0, 5), new StepScalars(0, 0, 0, 11, Updates: false));
        executable.Step(Samples<float>(5, 6), new StepScalars(0, 0, 0, 11, Begins: false, Updates: false));
        Assert.Equal(first.Zip(second, static (a, b) => a + b), Read(executable));
    }

    private static void Check<T>(int partitions, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[][] slots = [.. Enumerable.Range(0, partitions).Select(sample => Gradients<T>(sample, 1, partitions, 1))];
        for (int stride = 1; stride < partitions; stride *= 2)
        {
            for (int i = 0; i + stride < partitions; i += 2 * stride)
            {
                slots[i] = [.. slots[i].Zip(slots[i + stride], static (a, b) => a + b)];
            }
        }

        Assert.Equal(slots[0], Gradients<T>(0, partitions, partitions, threads));
        Assert.Contains(slots[0], static gradient => gradient != T.Zero);
    }

    /// <summary>The gradients of some samples, each a partition of its own, as parts of a batch of <paramref name="all"/>.</summary>
    private static T[] Gradients<T>(int first, int count, int all, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using CpuBackend<T> backend = new(threads, microBatch: 1);
        using IExecutable<T> executable = Open(backend, count);
        executable.Step(Samples<T>(first, count), new StepScalars(0, 0, 0, all, Updates: false));
        return Read(executable);
    }

    private static IExecutable<T> Open<T>(CpuBackend<T> backend, int batch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        IExecutable<T> executable = backend.Compile(TrainingPlan.Of<T>(s_network, new UpdateRule(), new PlanSettings(batch)), CompileOptions.Default);
        NetworkParameters.Initialize(executable, 5);
        return executable;
    }

    private static T[] Read<T>(IExecutable<T> executable)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [
            .. executable.Plan.Parameters.Where(static parameter => parameter.Gradient is not null).SelectMany(parameter =>
            {
                T[] values = new T[parameter.Layout.Exchange.Length];
                executable.ReadParameter(parameter.Name, ParameterPart.Gradient, values);
                return values;
            }),
        ];

    private static Batch<T> Samples<T>(int first, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Batch<T> all = NetworkUnderTest<T>.Images(s_network, 16, 7), batch = new(count, s_network.Image);
        all.Images.AsSpan((int)(first * s_network.Image.Length), (int)(count * s_network.Image.Length)).CopyTo(batch.Images);
        all.Labels.AsSpan(first, count).CopyTo(batch.Labels);
        batch.Count = count;
        return batch;
    }
}
