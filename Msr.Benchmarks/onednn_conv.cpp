// GFLOP/s of oneDNN's direct convolutions on the layers of ResNet-20: the peer of compare-convolutions.sh.
// build: g++ -O2 -o onednn_conv onednn_conv.cpp -ldnnl        (Debian: apt-get install libdnnl-dev)
// usage: OMP_NUM_THREADS=1 onednn_conv BATCH SAMPLES
// One line a layer and pass: the op's name, channels in and out, extent, stride, and the median over the samples of direct GFLOP/s. Layouts are
// oneDNN's own choice, reordering is not timed.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

using namespace dnnl;

struct Layer
{
    int in, out, extent, stride;
};

static memory filled(const memory::desc &desc, const engine &cpu)
{
    memory made(desc, cpu);
    float *data = static_cast<float *>(made.get_data_handle());
    for (size_t i = 0; i < desc.get_size() / sizeof(float); i++)
    {
        data[i] = static_cast<float>(i * 2654435761u % 1000) / 1000 - 0.5f;
    }

    return made;
}

static double median_seconds(const primitive &run, stream &queue, const std::unordered_map<int, memory> &arguments, int samples, double flops)
{
    int repeats = std::max(1, static_cast<int>(4e-3 * 5e10 / flops));
    std::vector<double> seconds;
    for (int sample = -3; sample < samples; sample++)
    {
        auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < repeats; i++)
        {
            run.execute(queue, arguments);
        }

        queue.wait();
        if (sample >= 0)
        {
            seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / repeats);
        }
    }

    std::nth_element(seconds.begin(), seconds.begin() + samples / 2, seconds.end());
    return seconds[samples / 2];
}

int main(int count, char **texts)
{
    int batch = count > 1 ? atoi(texts[1]) : 32, samples = count > 2 ? atoi(texts[2]) : 21;
    engine cpu(engine::kind::cpu, 0);
    stream queue(cpu);
    for (Layer l : {Layer{3, 16, 32, 1}, {16, 16, 32, 1}, {16, 32, 32, 2}, {32, 32, 16, 1}, {32, 64, 16, 2}, {64, 64, 8, 1}})
    {
        int result = l.extent / l.stride;
        double flops = 2.0 * batch * result * result * l.in * l.out * 9;
        auto any = memory::format_tag::any;
        auto f32 = memory::data_type::f32;
        memory::desc x({batch, l.in, l.extent, l.extent}, f32, any), w({l.out, l.in, 3, 3}, f32, any), y({batch, l.out, result, result}, f32, any);
        memory::dims strides{l.stride, l.stride}, padding{1, 1};
        auto direct = algorithm::convolution_direct;
        convolution_forward::primitive_desc forward({prop_kind::forward_training, direct, x, w, y, strides, padding, padding}, cpu);
        convolution_backward_data::primitive_desc data({direct, x, w, y, strides, padding, padding}, cpu, forward);
        convolution_backward_weights::primitive_desc filter({direct, x, w, y, strides, padding, padding}, cpu, forward);
        auto tell = [&](const char *name, double seconds) { printf("%s %d %d %d %d %.2f\n", name, l.in, l.out, l.extent, l.stride, flops / seconds / 1e9); };
        tell("conv.forward", median_seconds(convolution_forward(forward), queue,
            {{DNNL_ARG_SRC, filled(forward.src_desc(), cpu)}, {DNNL_ARG_WEIGHTS, filled(forward.weights_desc(), cpu)}, {DNNL_ARG_DST, filled(forward.dst_desc(), cpu)}}, samples, flops));
        tell("conv.backward-data", median_seconds(convolution_backward_data(data), queue,
            {{DNNL_ARG_DIFF_DST, filled(data.diff_dst_desc(), cpu)}, {DNNL_ARG_WEIGHTS, filled(data.weights_desc(), cpu)}, {DNNL_ARG_DIFF_SRC, filled(data.diff_src_desc(), cpu)}}, samples, flops));
        tell("conv.backward-filter", median_seconds(convolution_backward_weights(filter), queue,
            {{DNNL_ARG_SRC, filled(filter.src_desc(), cpu)}, {DNNL_ARG_DIFF_DST, filled(filter.diff_dst_desc(), cpu)}, {DNNL_ARG_DIFF_WEIGHTS, filled(filter.diff_weights_desc(), cpu)}}, samples, flops));
    }
}
