using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cuda;
using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Backend;

/// <summary>Defects planted in the shipped PTX: what the machine sees it names with kernel, block, thread and instruction; what it cannot see falls to a law.</summary>
public sealed class PlantedKernelBugTests
{
    [Fact]
    public void Without_a_barrier_a_thread_reads_what_another_has_not_written_yet() => Caught(
        "filter_scale_backward", static text => Without(text, "bar.sync"), static backend => ScaleBackward(backend), "never written");

    [Fact]
    public void A_store_that_is_left_out_is_a_read_of_what_nobody_wrote() => Caught(
        "filter_scale_backward", static text => Without(text, "st.shared"), static backend => ScaleBackward(backend), "was never written");

    [Fact]
    public void One_element_too_many_is_out_of_memory() => Caught(
        "scale", static text => text.Replace("setp.lt.u32", "setp.le.u32", StringComparison.Ordinal).Replace("setp.ge.u32", "setp.gt.u32", StringComparison.Ordinal), Scale, "past the last byte");

    [Fact]
    public void Blocks_that_take_each_other_s_part_race() => Caught(
        "relu_forward", static text => text.Replace("%ctaid.x", "0", StringComparison.Ordinal), Rectify, "race: ");

    [Fact]
    public void A_read_of_memory_that_was_never_filled_is_seen()
    {
        using EmulatedCuda emulated = new();
        using CudaBackend backend = new(emulated.Libraries, new CudaOptions());
        using DeviceMemory<float> x = backend.Allocate<float>(64);
        Assert.Throws<CudaException>(() =>
        {
            backend.Run(new ReluForward<float>(x.All(), x.All()));
            backend.Synchronize();
        });
        Assert.Contains("never written", emulated.LastFault!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_projection_over_the_wrong_axis_falls_to_a_law()
    {
        static string Swapped(string text) => text.Replace("isocline_project_param_2]", "isocline_project_param_x]", StringComparison.Ordinal)
            .Replace("isocline_project_param_3]", "isocline_project_param_2]", StringComparison.Ordinal)
            .Replace("isocline_project_param_x]", "isocline_project_param_3]", StringComparison.Ordinal);

        Subject Open() => new Subject<float>(new CudaBackend(
            new EmulatedCuda(new EmulationOptions { RewritePtx = text => In(text, "isocline_project", Swapped) }).Libraries, new CudaOptions()));
        VerifyReport report = new Verifier(Open, new VerifySettings { Count = 20, Seed = 1, Threads = 1 }).Verify(CaseCatalog.Matching("isocline.project"));
        Assert.Contains(report.Cases, static done => done.Failure is { Law: "bound" });
    }

    private static void Caught(string kernel, Func<string, string> plant, Action<CudaBackend> run, string word)
    {
        using (EmulatedCuda sound = new())
        {
            using CudaBackend backend = new(sound.Libraries, new CudaOptions());
            run(backend);
            backend.Synchronize();
            Assert.Empty(sound.Faults);
        }

        using EmulatedCuda emulated = new(new EmulationOptions { RewritePtx = text => In(text, kernel, plant) });
        using CudaBackend broken = new(emulated.Libraries, new CudaOptions());
        Assert.Throws<CudaException>(() =>
        {
            run(broken);
            broken.Synchronize();
        });
        string fault = emulated.Faults[0].ToString();
        Assert.Contains(word, fault, StringComparison.Ordinal);
        Assert.Contains($"Kernel {kernel}, block (", fault, StringComparison.Ordinal);
    }

    /// <summary>Plants a change in one kernel of the text. It must change something.</summary>
    private static string In(string text, string kernel, Func<string, string> plant)
    {
        int begin = text.IndexOf($".visible .entry {kernel}(", StringComparison.Ordinal), end = text.IndexOf("\n}", begin, StringComparison.Ordinal);
        string body = text[begin..end], planted = plant(body);
        Assert.NotEqual(body, planted);
        return text[..begin] + planted + text[end..];
    }

    private static string Without(string text, string opcode) =>
        string.Join('\n', text.Split('\n').Where(line => !line.TrimStart().StartsWith(opcode, StringComparison.Ordinal)));

    private static void ScaleBackward(CudaBackend backend)
    {
        TensorRef<float> New(Shape shape) => Filled(backend, shape);
        Shape filters = new(2, 300);
        backend.Run(new FilterScaleBackward<float>(New(filters), New(filters), New(new Shape(2)), New(filters), New(new Shape(2))));
    }

    private static void Scale(CudaBackend backend) => backend.Run(new Scale<float>(Filled(backend, new Shape(64)), Filled(backend, new Shape(1))));

    private static void Rectify(CudaBackend backend)
    {
        TensorRef<float> x = Filled(backend, new Shape(10_000));
        backend.Run(new ReluForward<float>(x, Filled(backend, new Shape(10_000))));
    }

    private static TensorRef<float> Filled(CudaBackend backend, Shape shape)
    {
        TensorRef<float> tensor = backend.Allocate<float>(shape.Length).View(0, shape);
        float[] values = new float[shape.Length];
        values.AsSpan().Fill(0.5f);
        backend.Upload<float>(values, tensor);
        return tensor;
    }
}
