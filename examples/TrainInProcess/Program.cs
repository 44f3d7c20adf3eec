using Msr.Core.Data;
using Msr.Core.Numerics;
using Msr.Core.Training;
using Msr.Cpu;

// Your own arrays: 400 grey images of 8x8 pixels, striped across (class 0) or down (class 1), and some noise.
byte[] pixels = new byte[400 * 64], labels = new byte[400];
for (int i = 0; i < pixels.Length; i++)
{
    int image = i / 64, row = i / 8 % 8, column = i % 8;
    labels[image] = (byte)(image % 2);
    pixels[i] = (byte)((((image % 2 == 0 ? row : column) + (image / 2)) % 4 * 60) + (i * 7919 % 30));
}

ImageDataset stripes = new("stripes", new Shape(8, 8, 1), classes: 2, pixels, labels, ["across", "down"]);
using CpuBackend<float> backend = new();

using Trainer<float> trainer = new(backend, TrainingData.Of(stripes), new TrainingOptions { Model = "resnet8", Epochs = 2, Batch = 16 });
trainer.Run();
trainer.Save("stripes.safetensors");

using Classifier<float> classifier = Classifier<float>.Load(backend, "stripes.safetensors");
Prediction prediction = classifier.Predict(pixels.AsSpan(0, 64));
Console.WriteLine($"{prediction.ClassName} with probability {prediction.Probability:F3}; accuracy {classifier.Evaluate(stripes).Accuracy:P0}");
