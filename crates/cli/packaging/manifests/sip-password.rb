# Untried. For Homebrew: put in VERSION, URL and SHA256, those of the release's source archive.
class SipPassword < Formula
  desc "Generates, validates and changes passwords of SIP phones"
  homepage "https://example.invalid/sip-password"
  url "@URL@"
  version "@VERSION@"
  sha256 "@SHA256@"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args(path: "crates/cli")
    mkdir "man"
    system bin/"sip-password", "man", "--directory", "man"
    man1.install Dir["man/*.1"]
    generate_completions_from_executable(bin/"sip-password", "completions", shells: [:bash, :zsh, :fish])
  end

  test do
    system "#{bin}/sip-password generate huawei --count 10 | #{bin}/sip-password validate huawei"
  end
end
