using System.Runtime.InteropServices;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu;
using Msr.Cpu.Memory;
using Msr.Cpu.Reference;

namespace PropertyTests.Cpu;

/// <summary>Signed zeros and infinities are the same on both backends, and what the op contract says.</summary>
public sealed class SpecialValueTests
{
    private const float MinusZero = -0.0f;

    public static TheoryData<string> EveryBackend => ["reference", "cpu"];

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void A_subsampled_shortcut_copies_the_sign_of_zero(string name)
    {
        using IBackend<float> backend = Open(name);
        ShortcutGeometry g = new(3, 3, 5, 5, 2, average: false);
        TensorRef<float> x = Filled(g.Input(1), MinusZero), y = Filled(g.Output(1), 7), dx = Filled(g.Input(1), 7);
        backend.Run(new ShortcutForward<float>(g, x, y));
        AssertSame(Enumerable.Repeat(MinusZero, 20), y);

        // Pixels that no window reads have no gradient: +0 where it is written.
        backend.Run(new ShortcutBackward<float>(g, y, dx));
        AssertSame(Pixels(g, static (h, w) => h % 2 == 0 && w % 2 == 0 ? MinusZero : 0), dx);
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void A_shortcut_that_accumulates_leaves_alone_what_no_window_reads(string name)
    {
        using IBackend<float> backend = Open(name);
        ShortcutGeometry g = new(3, 3, 5, 5, 2, average: false);
        TensorRef<float> dy = Filled(g.Output(1), 0), dx = Filled(g.Input(1), MinusZero);
        backend.Run(new ShortcutBackward<float>(g, dy, dx, Accumulate: true));
        AssertSame(Pixels(g, static (h, w) => h % 2 == 0 && w % 2 == 0 ? 0 : MinusZero), dx);
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void An_averaged_shortcut_keeps_the_sign_of_zero(string name)
    {
        using IBackend<float> backend = Open(name);
        ShortcutGeometry g = new(3, 4, 5, 5, 2, average: true);
        TensorRef<float> x = Filled(g.Input(1), MinusZero), y = Filled(g.Output(1), 7), dx = Filled(g.Input(1), 7);
        backend.Run(new ShortcutForward<float>(g, x, y));
        AssertSame(Enumerable.Repeat(MinusZero, 20), y);
        backend.Run(new ShortcutBackward<float>(g, y, dx));
        AssertSame(Enumerable.Repeat(MinusZero, 60), dx);
    }

    [Theory]
    [MemberData(nameof(EveryBackend))]
    public void The_clip_factor_does_not_hide_a_norm_that_overflowed(string name)
    {
        using IBackend<float> backend = Open(name);
        TensorRef<float> square = Filled(new Shape(1), float.PositiveInfinity), factor = Filled(new Shape(1), 7);
        backend.Run(new ClipFactor<float>(square, factor, 1));
        AssertSame([float.NaN], factor);
    }

    private static IBackend<float> Open(string name) => name == "cpu" ? new CpuBackend<float>(1) : new ReferenceBackend<float>();

    private static TensorRef<float> Filled(Shape shape, float value)
    {
        TensorRef<float> tensor = new HostMemory<float>(shape.Length).View(0, shape);
        HostMemory<float>.SpanOf(tensor).Fill(value);
        return tensor;
    }

    private static IEnumerable<float> Pixels(ShortcutGeometry g, Func<int, int, float> value) =>
        Enumerable.Range(0, g.H * g.W * g.C).Select(i => value(i / g.C / g.W, i / g.C % g.W));

    private static void AssertSame(IEnumerable<float> expected, TensorRef<float> got) => Assert.Equal(
        MemoryMarshal.AsBytes<float>(expected.ToArray()).ToArray(), MemoryMarshal.AsBytes(HostMemory<float>.SpanOf(got)).ToArray());
}
