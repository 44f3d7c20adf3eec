using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Cuda;
using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Backend;

/// <summary>What a user reads where something is missing, too old or too small, and what misuse of a backend leads to.</summary>
public sealed class AbsenceTests
{
    private const int MostRounds = 100_000;

    [Fact]
    public void Without_a_driver_the_reason_names_what_was_tried_and_what_to_install()
    {
        CudaProbeOptions nowhere = new() { Folder = "/nowhere", SearchesSystem = false };
        Assert.False(CudaBackend.TryCreate(new CudaOptions(), nowhere, out CudaBackend? backend, out string reason));
        Assert.Null(backend);
        Assert.Contains("install", reason, StringComparison.Ordinal);
        Assert.Contains("/nowhere", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_device_the_message_says_so() => Refuses(new EmulationOptions { DeviceCount = 0 }, new CudaOptions(), "cuInit failed with CUDA_ERROR_NO_DEVICE (100), no CUDA-capable device is detected: the driver finds no device, check `nvidia-smi`");

    [Fact]
    public void A_device_that_is_not_there_is_named() => Refuses(new EmulationOptions(), new CudaOptions { Device = 3 }, "There is no CUDA device 3: the driver sees one device, number 0, choose one of them.");

    [Fact]
    public void An_old_driver_is_refused() => Refuses(new EmulationOptions { DriverVersion = 11080 }, new CudaOptions(), "supports CUDA 11.8 only: install a driver for CUDA 12 (525 or newer).");

    [Fact]
    public void An_old_device_is_refused() => Refuses(new EmulationOptions { ComputeCapability = 60 }, new CudaOptions(), "has compute capability 6.0; the kernels need 7.0 or newer: use another device or the CPU.");

    [Fact]
    public void The_stub_of_the_toolkit_is_told_from_a_driver() => Refuses(new EmulationOptions { InitStatus = 34 }, new CudaOptions(), "this is the toolkit's stub, not a driver, install the NVIDIA driver");

    [Fact]
    public void Without_cuBLAS_the_message_names_it() => Refuses(new EmulationOptions { HasCublas = false }, new CudaOptions(), "cuBLAS has no function cublasCreate_v2: install cuBLAS of CUDA 12 or newer.");

    [Fact]
    public void Without_cuDNN_convolutions_are_unfolded()
    {
        using EmulatedCuda emulated = new(new EmulationOptions { HasCudnn = false });
        using CudaBackend backend = new(emulated.Libraries, new CudaOptions());
        Assert.Contains("unfolding", backend.Info.Device, StringComparison.Ordinal);
    }

    [Fact]
    public void Out_of_memory_says_what_to_do_and_leaves_a_backend_that_works()
    {
        using EmulatedCuda emulated = new(new EmulationOptions { DeviceMemory = 64L << 20 });
        using CudaBackend backend = new(emulated.Libraries, new CudaOptions());
        CudaException error = Assert.Throws<CudaException>(() => backend.Allocate<float>(100_000_000));
        Assert.Equal("CUDA_ERROR_OUT_OF_MEMORY", error.StatusName);
        Assert.Contains("batch", error.Message, StringComparison.Ordinal);
        using DeviceMemory<float> small = backend.Allocate<float>(16);
        backend.Run(new Fill<float>(small.All(), 3));
        float[] got = new float[16];
        backend.Download(small.All(), got);
        Assert.All(got, static value => Assert.Equal(3, value));
    }

    [Fact]
    public void Any_thread_may_use_a_backend_but_not_two_at_once()
    {
        using EmulatedCuda emulated = new();
        using CudaBackend backend = new(emulated.Libraries, new CudaOptions());
        using DeviceMemory<float> memory = backend.Allocate<float>(1 << 12);
        float[] got = new float[1 << 12];
        Thread other = new(() =>
        {
            backend.Run(new Fill<float>(memory.All(), 2));
            backend.Download(memory.All(), got);
        });
        other.Start();
        other.Join();
        Assert.All(got, static value => Assert.Equal(2, value));
        int refused = 0;
        void UseUntilRefused()
        {
            for (int round = 0; Volatile.Read(ref refused) == 0 && round < MostRounds; round++)
            {
                try
                {
                    backend.Run(new Fill<float>(memory.All(), 2));
                }
                catch (InvalidOperationException error) when (error.Message.Contains("Two threads use one 'cuda' backend at once", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }

        Parallel.Invoke(UseUntilRefused, UseUntilRefused);
        Assert.Empty(emulated.Faults);
        Assert.True(refused > 0, "no two threads ever met: the test proved nothing");
    }

    [Fact]
    public void Things_may_be_disposed_of_twice_and_in_any_order()
    {
        using EmulatedCuda emulated = new();
        CudaBackend backend = new(emulated.Libraries, new CudaOptions());
        DeviceMemory<float> memory = backend.Allocate<float>(8);
        backend.Dispose();
        backend.Dispose();
        memory.Dispose();
        memory.Dispose();
        Assert.Empty(emulated.Faults);
        Assert.Equal(0, emulated.Live.Total);
        Assert.Throws<ObjectDisposedException>(() => backend.Run(new Fill<float>(memory.All(), 1)));
    }

    [Fact]
    public void Memory_that_was_given_back_is_refused_before_it_reaches_the_device()
    {
        using EmulatedCuda emulated = new();
        using CudaBackend backend = new(emulated.Libraries, new CudaOptions());
        DeviceMemory<float> memory = backend.Allocate<float>(8);
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => backend.Run(new Fill<float>(memory.All(), 1)));
        Assert.Empty(emulated.Faults);
    }

    [Fact]
    public void A_failure_names_the_op_that_was_running()
    {
        using EmulatedCuda emulated = new(new EmulationOptions().FailAt("cuLaunchKernel", 1, 700));
        using CudaBackend backend = new(emulated.Libraries, new CudaOptions { SynchronizeEveryOp = true });
        using DeviceMemory<float> memory = backend.Allocate<float>(8);
        CudaException error = Assert.Throws<CudaException>(() => backend.Run(new Fill<float>(memory.All(), 1)));
        Assert.Equal("fill", error.Operation);
        Assert.Equal("cuLaunchKernel", error.Call);
        Assert.StartsWith("fill: ", error.Message, StringComparison.Ordinal);
    }

    private static void Refuses(EmulationOptions installation, CudaOptions options, string sentence)
    {
        using EmulatedCuda emulated = new(installation);
        CudaException error = Assert.Throws<CudaException>(() => new CudaBackend(emulated.Libraries, options));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, emulated.Live.Total);
        Assert.Empty(emulated.Faults);
    }
}
