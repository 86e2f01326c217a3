using Commissaire.Processes;
using Commissaire.Security;

namespace Commissaire.Server.Tests.Processes;

public sealed class ProcessCertificatesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("commissaire-keys-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Processes_with_the_same_key_trust_each_other_also_while_keys_are_rotated()
    {
        var (old, both, rotated, last) = (Issue(1), Issue(1, 2), Issue(2, 1), Issue(2));
        foreach (var (one, other) in new[] { (old, Issue(1)), (old, both), (both, rotated), (rotated, last) })
        {
            Assert.True(ProcessCertificates.Verify(one.Certificate, null, other.Authorities));
            Assert.True(ProcessCertificates.Verify(other.Certificate, null, one.Authorities));
        }
    }

    [Fact]
    public void A_process_with_another_key_is_not_trusted()
    {
        Assert.False(ProcessCertificates.Verify(Issue(2).Certificate, null, Issue(1).Authorities));
        Assert.True(Issue(1).Certificate.HasPrivateKey);
        Assert.All(Issue(1, 2).Authorities, authority => Assert.False(authority.HasPrivateKey));
    }

    [Fact]
    public void The_certificate_of_an_authority_is_not_that_of_a_process()
    {
        var authorities = Issue(1).Authorities;
        Assert.False(ProcessCertificates.Verify(authorities[0], null, authorities));
    }

    private MutualTls Issue(params int[] seeds)
    {
        var path = Path.Combine(_directory.FullName, $"{Guid.NewGuid()}");
        var keys = seeds.Select(n =>
            $$"""{"id": "k{{n}}", "key": "{{Convert.ToBase64String(Enumerable.Repeat((byte)n, 32).ToArray())}}"}""");
        File.WriteAllText(path, $$"""{"keys": [{{string.Join(',', keys)}}]}""");
        return ProcessCertificates.Issue(SecretKeys.Load(path, createIfMissing: false), DateTimeOffset.UtcNow);
    }
}
