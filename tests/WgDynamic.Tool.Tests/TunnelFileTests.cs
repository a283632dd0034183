namespace WgDynamic.Tool.Tests;

public sealed class TunnelFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wgd-file-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_path_is_a_configuration_if_it_ends_in_the_name_of_an_interface_and_conf()
    {
        Assert.Equal("wg0", Find("wg0.conf")?.Interface.ToString());
        Assert.Equal("a_b=c+d.e-f", Find("a_b=c+d.e-f.conf")?.Interface.ToString());
        Assert.Null(Find("wg0.txt"));
        Assert.Null(Find("wg0.conf\n"));
        Assert.Null(Find("sixteen-is-more-.conf"));
        Assert.Null(TunnelFile.Find(Path.Combine(_directory, "none.conf")));

        TunnelFile? Find(string name)
        {
            File.WriteAllText(Path.Combine(_directory, name), "");
            return TunnelFile.Find(Path.Combine(_directory, name));
        }
    }

    [Fact]
    public void What_is_saved_goes_where_a_link_leads()
    {
        string target = Path.Combine(_directory, "mine.conf"), link = Path.Combine(_directory, "wg0.conf");
        File.WriteAllText(target, "");
        File.CreateSymbolicLink(link, target);
        TunnelFile file = TunnelFile.Find(link)!.Value;
        Assert.Equal((target, "wg0"), (file.Target, file.Interface.ToString()));
    }
}
