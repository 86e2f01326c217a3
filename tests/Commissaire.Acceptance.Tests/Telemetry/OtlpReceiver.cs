using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;

namespace Commissaire.Acceptance.Tests.Telemetry;

/// <summary>Receives OTLP/HTTP, and keeps the spans and the names of metrics.</summary>
public sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener listener;
    private readonly ConcurrentQueue<OtlpSpan> spans = new();
    private readonly ConcurrentDictionary<string, bool> metrics = new();
    private readonly ConcurrentQueue<byte[]> received = new();

    public OtlpReceiver()
    {
        (listener, Endpoint) = Listen();
        _ = Task.Run(Serve);
    }

    /// <summary>The address that it listens on.</summary>
    public string Endpoint { get; }

    /// <summary>The names of the metrics that it received.</summary>
    public ICollection<string> Metrics => metrics.Keys;

    /// <summary>The bodies of all requests.</summary>
    public IEnumerable<byte[]> Received => received;

    /// <summary>The spans of a trace, by start time.</summary>
    public IReadOnlyList<OtlpSpan> Trace(string id) => [.. spans.Where(span => span.Trace == id).OrderBy(span => span.Began)];

    public void Dispose() => listener.Close();

    private static (HttpListener Listener, string Endpoint) Listen()
    {
        while (true)
        {
            var listener = new HttpListener();
            var endpoint = $"http://127.0.0.1:{Random.Shared.Next(30_000, 32_000)}";
            listener.Prefixes.Add($"{endpoint}/");
            try
            {
                listener.Start();
                return (listener, endpoint);
            }
            catch (HttpListenerException)
            {
                // The port is taken: try another one.
                listener.Close();
            }
        }
    }

    private async Task Serve()
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                Take(context.Request.Url!.AbsolutePath, body.ToArray());
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
            {
                // A sender was killed, or the receiver is disposed.
            }
        }
    }

    // Field numbers of ExportTraceServiceRequest and ExportMetricsServiceRequest (opentelemetry/proto).
    private void Take(string path, byte[] body)
    {
        received.Enqueue(body);
        var scopes = ProtobufMessage.Read(body).Messages(1).SelectMany(resource => resource.Messages(2));
        foreach (var item in scopes.SelectMany(scope => scope.Messages(2)))
        {
            if (path == "/v1/traces")
            {
                spans.Enqueue(OtlpSpan.Of(item));
            }
            else
            {
                metrics[item.Text(1)] = true;
            }
        }
    }
}

/// <summary>A span.</summary>
public sealed record OtlpSpan(
    string Trace, string Id, string Parent, string Name, ulong Began, bool Failed, IReadOnlyDictionary<string, string> Attributes)
{
    internal static OtlpSpan Of(ProtobufMessage span) => new(
        span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), span.Number(7), span.Messages(15).Any(status => status.Number(3) == 2),
        span.Messages(9)
            .ToDictionary(a => a.Text(1), a => a.Messages(2)
            .Select(value => value.Text(1) is { Length: > 0 } text ? text : $"{value.Number(3)}").Single()));
}

/// <summary>The fields of a message, by number.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Field, ulong Number, byte[] Bytes)> fields = [];

    public static ProtobufMessage Read(byte[] bytes)
    {
        var message = new ProtobufMessage();
        using var input = new CodedInputStream(bytes);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            message.fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => (WireFormat.GetTagFieldNumber(tag), input.ReadUInt64(), []),
                WireFormat.WireType.Fixed64 => (WireFormat.GetTagFieldNumber(tag), input.ReadFixed64(), []),
                WireFormat.WireType.Fixed32 => (WireFormat.GetTagFieldNumber(tag), input.ReadFixed32(), []),
                _ => (WireFormat.GetTagFieldNumber(tag), 0, input.ReadBytes().ToByteArray()),
            });
        }

        return message;
    }

    public IEnumerable<ProtobufMessage> Messages(int field) => Of(field).Select(f => Read(f.Bytes));

    public string Text(int field) => System.Text.Encoding.UTF8.GetString(Of(field).LastOrDefault().Bytes ?? []);

    public string Hex(int field) => Convert.ToHexStringLower(Of(field).LastOrDefault().Bytes ?? []);

    public ulong Number(int field) => Of(field).LastOrDefault().Number;

    private IEnumerable<(int Field, ulong Number, byte[] Bytes)> Of(int field) => fields.Where(f => f.Field == field);
}
