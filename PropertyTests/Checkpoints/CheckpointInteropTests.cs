using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Msr.Core.Checkpoints;

namespace PropertyTests.Checkpoints;

/// <summary>Programs that share no code with Msr read what it writes, and it reads what they write.</summary>
public class CheckpointInteropTests
{
    [PythonFact]
    public void Python_reads_what_we_write()
    {
        using TemporaryDirectory directory = new();
        List<string> paths = [];
        foreach (Checkpoint checkpoint in CheckpointSamples.Any.Generator.Sample(20, new Rnd(20191129), 50).Append(CheckpointSamples.Small))
        {
            paths.Add(directory.File($"ours{paths.Count}.safetensors"));
            CheckpointStore.Save(paths[^1], checkpoint);
        }

        string[] digests = Python("independent_reader.py", paths).Split(Environment.NewLine);
        Assert.Equal(paths.Select(path => Digest(SafetensorsReader.Read(path))), digests, StringComparer.Ordinal);
    }

    [PythonFact]
    public void We_read_what_Python_writes()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("theirs.safetensors");
        _ = Python("independent_writer.py", [path]);
        Checkpoint loaded = CheckpointStore.Load(path);
        Assert.True(loaded.IsForeign);
        Assert.Empty(loaded.OptimizerState);
        Assert.Equal(["empty", "fc.weight", "gewicht.ä😀"], loaded.Parameters.Select(tensor => tensor.Name), StringComparer.Ordinal);
        Assert.Equal([2L, 3L], loaded.Parameters["fc.weight"].Shape.AsEnumerable());
        Assert.Equal([0L, 4L], loaded.Parameters["empty"].Shape.AsEnumerable());
        float[] weights = new float[6];
        loaded.Parameters["fc.weight"].CopyTo<float>(weights);
        Assert.Equal([0.5f, -0f, float.PositiveInfinity, float.Epsilon, 3.25f, -7f], weights);
        Assert.True(float.IsNegative(weights[1]));
        double[] scalar = new double[1];
        loaded.Parameters["gewicht.ä😀"].CopyTo<double>(scalar);
        Assert.Equal([0.1], scalar);
    }

    /// <summary>What independent_reader.py prints, from our own reading.</summary>
    private static string Digest(SafetensorsFile file)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string key, string value) in file.Metadata)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{key}\0{value}\0"));
        }

        foreach (CheckpointTensor tensor in file.Tensors)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{tensor.Name}\0{tensor.Dtype}\0{string.Join(',', tensor.Shape)}\0"));
            hash.AppendData(CheckpointSamples.BytesOf(tensor));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Python(string script, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new("python3", [Path.Combine(AppContext.BaseDirectory, "Checkpoints", script), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
        return output.Trim();
    }
}
