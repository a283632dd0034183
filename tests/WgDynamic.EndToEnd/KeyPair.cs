using WgDynamic.TestKit;

namespace WgDynamic.EndToEnd;

/// <summary>A WireGuard key pair of a test, in base64.</summary>
internal sealed record KeyPair(string Private, string Public)
{
    /// <summary>Makes some.</summary>
    public static async Task<KeyPair[]> GenerateAsync(int count)
    {
        string output = await Command.RunAsync(
            "bash", "-c", $"for ((i = 0; i < {count}; i++)); do key=$(wg genkey); echo $key $(wg pubkey <<<$key); done");
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Select(keys => new KeyPair(keys[0], keys[1]))];
    }
}
